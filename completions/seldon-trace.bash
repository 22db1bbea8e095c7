# Completions of seldon-trace for bash 3.2 and later. The program itself answers which words may follow.

_seldon_trace() {
    local program=$1 rest=${COMP_LINE:0:COMP_POINT} words=() last=-1 word trimmed i
    case $program in
        '~/'*) program=$HOME/${program#'~/'} ;;
    esac

    # bash splits words at `=` and `:` too. Parts without a space between them are one word.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${rest#"${rest%%[![:space:]]*}"}
        word=${COMP_WORDS[i]}
        # The current word counts up to the cursor.
        if ((i == COMP_CWORD)); then word=$trimmed; fi
        if ((i > 0)) && [[ $trimmed == "$rest" ]]; then
            words[last]+=$word
        else
            words[++last]=$word
        fi
        rest=${trimmed#"$word"}
    done

    local current=${words[last]} candidate help files=''
    # The part of the word that bash keeps.
    local kept=${current%"$2"}
    COMPREPLY=()
    while IFS=$'\t' read -r candidate help; do
        case $candidate in
            :0) files=yes ;;
            :*) ;;
            *)
                printf -v candidate %q "${candidate#"$kept"}"
                COMPREPLY+=("$candidate")
                ;;
        esac
    done < <("$program" __complete "${words[@]:1}" 2>/dev/null)

    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then
        # A value follows.
        compopt -o nospace 2>/dev/null
    elif [[ $files && ${#COMPREPLY[@]} -eq 0 ]]; then
        # bash 3.2 has no compopt.
        compopt -o default 2>/dev/null || while IFS= read -r candidate; do
            COMPREPLY+=("$candidate")
        done < <(compgen -f -- "$2")
    fi
}

complete -F _seldon_trace seldon-trace
