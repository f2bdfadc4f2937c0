# Ends what the crash test started when standard input closes, which it does when the crash test ends, whatever way.
# $1 is its folder. A line is "+ PID" for a process that was started, "- PID" for one that has ended.
pids=' '
while read -r sign pid; do
    case "$sign" in
    +) pids="$pids$pid " ;;
    -) pids="${pids%% "$pid" *} ${pids#* "$pid" }" ;;
    esac
done
for pid in $pids; do
    kill -KILL "$pid" 2>/dev/null
done
# Whoever was just killed may have made a file meanwhile.
rm -rf "$1" || rm -rf "$1"
