# Kills the processes of the crash test when standard input closes, which happens when the crash test ends for any reason.
# $1 is the folder of the run. Each input line is "+ PID" for a process that was started, or "- PID" for one that has ended.
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
# The small file systems of the run, if it has any.
for disk in "$1"/*.disk; do
    umount -l "$disk" || sudo -n umount -l "$disk"
done
# The first attempt fails when a process created a file just before it was killed.
rm -rf "$1" || rm -rf "$1"
