# Login shells read this file; all of it stands in .bashrc.
[ -r "$HOME/.bashrc" ] && . "$HOME/.bashrc"
