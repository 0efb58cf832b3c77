#!/bin/bash
# Run once, by InfluxDB's own image, on a store that is new: the buckets of the roll-ups beside that of the raw points, and a
# login for each who comes here, with its rights and no others. Names and passwords are InfluxDB 1.x's, the one way of logging
# in that every version of InfluxDB and the historian know. A bucket `plant/raw` is the database `plant` and its policy `raw`.
set -euo pipefail

influx bucket create --org "$DOCKER_INFLUXDB_INIT_ORG" --name plant/r1m --retention 366d >/dev/null
influx bucket create --org "$DOCKER_INFLUXDB_INIT_ORG" --name plant/r1h --retention 0 >/dev/null

reads=()
writes=()
for name in plant/raw plant/r1m plant/r1h; do
  id=$(influx bucket list --org "$DOCKER_INFLUXDB_INIT_ORG" --name "$name" --hide-headers | cut -f 1)
  reads+=(--read-bucket "$id")
  writes+=(--write-bucket "$id")
done

login() {
  local name=$1
  shift
  influx v1 auth create --org "$DOCKER_INFLUXDB_INIT_ORG" --username "$name" \
    --password "$(cat "/login/$name-password")" "$@" >/dev/null
}

login writer "${reads[@]}" "${writes[@]}"
login console "${reads[@]}"
login grafana "${reads[@]}"
