#!/bin/sh
# A tour of a RAK host with curl: what each route takes and gives. Needs the agents `echo` and `countdown`.
#
#     sh examples/curl/tour.sh [http://127.0.0.1:8080]
set -eu

host=${1:-http://127.0.0.1:8080}
api=$host/api/v1
json='content-type: application/json'

title() { printf '\n== %s\n' "$1"; }

# Shows the command on the error output, then runs it. A refusal (4xx, 5xx) stops the tour, with the host's reason.
ask() {
  {
    printf '$ curl'
    for word in "$@"; do
      case $word in *[!A-Za-z0-9_./:=@%+,-]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
    done
    printf '\n'
  } >&2
  curl --silent --show-error --fail-with-body "$@"
}

# A text value of the JSON on the input, the first of its name.
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

title 'Is it alive, and can it work?'
ask "$host/health" && echo
ask "$host/readiness" && echo

title 'Which agents are there?'
ask "$api/agents" && echo

title 'A session'
answer=$(ask "$api/sessions" -H "$json" -d '{"appName":"echo","userId":"curl"}')
echo "$answer"
session=$(echo "$answer" | value sessionId)

title 'A run, answered with all its events at the end'
ask "$api/sessions/$session/run" -H "$json" -d '{"newMessage":{"parts":[{"text":"all at once"}]}}' && echo

title 'A run over SSE, each event as it comes'
ask --no-buffer "$api/sessions/$session/run/sse" -H "$json" \
  -d '{"newMessage":{"parts":[{"text":"word by word"}]}}'

title 'What was said in the session'
ask "$api/sessions/$session/events?limit=10" && echo

title 'A long run, cancelled after its second step'
# A session that does not exist is made by its first run; the body names the agent.
ask --no-buffer "$api/sessions/tour-$session/run/sse" -H "$json" \
  -d '{"appName":"countdown","userId":"curl","newMessage":{"parts":[{"text":"600"}]}}' |
  while IFS= read -r line; do
    printf '%s\n' "$line"
    case $line in
    'id: 2')
      invocation=$(ask "$api/invocations?sessionId=tour-$session" | value invocationId)
      ask -X POST "$api/invocations/$invocation/cancel" && echo
      ;;
    esac
  done

title 'How it ended'
answer=$(ask "$api/invocations?sessionId=tour-$session")
echo "$answer"
invocation=$(echo "$answer" | value invocationId)

title 'Its events once more, those after the first: what a client asks for that lost its connection'
ask --no-buffer "$api/invocations/$invocation/events?after=1"

title 'What a refusal looks like'
ask "$api/sessions/$session/run" -H "$json" -d '{"newMessage":"no content"}' || echo
