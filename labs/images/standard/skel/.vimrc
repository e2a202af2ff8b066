set nocompatible ruler showcmd ignorecase smartcase incsearch autoindent expandtab
set shiftwidth=4 tabstop=4 backspace=indent,eol,start
