# Completions of seldon-trace for fish. The program itself answers which words may follow.

function __seldon_trace_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    for line in ($program __complete $words "$current" 2>/dev/null)
        switch $line
            case ':0'
                # After `--option=` the file is the rest of the word.
                set -l option (string match -r -- '^--[^=]*=' "$current")
                for file in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current"))
                    echo "$option$file"
                end
            case ':*'
            case '*'
                echo $line
        end
    end
end

complete -c seldon-trace -f -a '(__seldon_trace_complete)'
