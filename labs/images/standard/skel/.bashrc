# The shell of a lab: what an experienced person would have set up for you.

case $- in
    *i*) ;;
    *) return ;;
esac

# History: no doubles, found with the arrow keys by what is already typed.
HISTCONTROL=ignoreboth:erasedups
HISTSIZE=5000
HISTFILESIZE=5000
shopt -s histappend checkwinsize
bind '"\e[A": history-search-backward' '"\e[B": history-search-forward' 2> /dev/null
bind 'set completion-ignore-case on' 2> /dev/null
bind 'set show-all-if-ambiguous on' 2> /dev/null
bind 'set colored-stats on' 2> /dev/null
bind 'set enable-bracketed-paste on' 2> /dev/null

# The prompt tells where one is; a failed command leaves its code in it.
__lab_prompt() {
    local code=$?
    local green='\[\e[32m\]' blue='\[\e[34m\]' red='\[\e[31m\]' plain='\[\e[0m\]' failed=''
    [ "$code" -eq 0 ] || failed="${red}${code}${plain} "
    PS1="${failed}${green}\u@\h${plain}:${blue}\w${plain}\\$ "
}
PROMPT_COMMAND=__lab_prompt

alias ls='ls --color=auto' ll='ls -l' la='ls -la'
alias grep='grep --color=auto' diff='diff --color=auto' ip='ip -color=auto'

# Completion takes longer to load than everything else together, so it waits for the first Tab. 124 asks bash to try again.
__lab_completion() {
    unset -f __lab_completion
    . /usr/share/bash-completion/bash_completion
    return 124
}
[ -r /usr/share/bash-completion/bash_completion ] && complete -D -F __lab_completion
