#!/usr/bin/env bash
# Several worker processes on one job after another, while they are killed, stopped past their leases and given wrong
# clocks, hosts fail, and their database dies and comes back; after each job everything is compared with what must be.
# Needs a JDK and Maven; the servers come from Maven.
#
#   examples/soak.sh [--store postgres|redis|mixed] [--minutes N] [--workers N] [--seed N]
#
# Records are in PostgreSQL. So is the progress, in one transaction with them, unless it is all in Redis or the queue
# alone is (mixed). Ends with a line that sums it up and status 0, or with what was wrong and status 1. The seed is
# printed: the same seed gives the same network and the same mishaps, in the same order, after as many requests.
set -euo pipefail
cd "$(dirname "$0")/.."

store=postgres minutes=5 workers=4 seed=$RANDOM$RANDOM
while [ $# -gt 0 ]; do
  case $1 in
    --store) store=$2 ;;
    --minutes) minutes=$2 ;;
    --workers) workers=$2 ;;
    --seed) seed=$2 ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done

again="examples/soak.sh --store $store --minutes $minutes --workers $workers --seed $seed"
echo "$again"
if mvn -q -B -ntp -pl examples -am test -Dtest=SoakTest -Dsurefire.failIfNoSpecifiedTests=false \
  "-Dsoak.store=$store" "-Dsoak.minutes=$minutes" "-Dsoak.workers=$workers" "-Dsoak.seed=$seed"; then
  echo "passed; again: $again"
else
  echo "FAILED; again: $again" >&2
  exit 1
fi
