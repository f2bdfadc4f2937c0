# Runs a PostgreSQL cluster until standard input closes, which happens when the test process ends. $1 is pg_ctl, $2 the
# folder of the cluster. Prints "ready", or the end of the log when the server does not start.
if "$1" start --silent --wait --timeout=60 --pgdata="$2/data" --log="$2/log" >/dev/null 2>&1; then
    echo ready
    read -r _
    "$1" stop --silent --wait --mode=immediate --pgdata="$2/data" >/dev/null 2>&1
else
    tail -n 5 "$2/log"
fi
rm -rf "$2"
