#!/bin/sh
# Makes the namespace of intents, if it is not there. Needs TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. Safe to run again.
set -eu

there() { temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; }

# The server listens for a moment before it answers.
tries=0
until there; do
  # How long Temporal keeps a workflow that has ended. Postgres keeps the trail.
  if temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 72h; then break; fi
  tries=$((tries + 1))
  if [ "$tries" -ge 30 ]; then
    echo "TEMPORAL_ADDRESS: no namespace could be made at $TEMPORAL_ADDRESS; the lines above say why" >&2
    exit 1
  fi
  sleep 2
done
echo "Namespace $TEMPORAL_NAMESPACE is there"
