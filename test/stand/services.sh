# Several services side by side in the folder $work, named in the list $services: sourced, never run.
# shellcheck shell=bash disable=SC2154

# is_ours PID: by its arguments, since a number left in a file may be anyone's by now.
is_ours() {
  local words=()
  { mapfile -d '' -t words <"/proc/$1/cmdline"; } 2>/dev/null || return 1
  [[ "${words[*]:-}" == *"$work/"* ]]
}

# running FILE: whether all of them run, and FILE, which is written last, is there.
running() {
  local name
  for name in "${services[@]}"; do
    [[ -s $work/$name.pid ]] && is_ours "$(<"$work/$name.pid")" || return 1
  done
  [[ -s $work/$1 ]]
}

# end_all: in the order of the list.
end_all() {
  local name
  for name in "${services[@]}"; do
    [[ -s $work/$name.pid ]] || continue
    ! is_ours "$(<"$work/$name.pid")" || end_group "$(<"$work/$name.pid")"
    rm -f "$work/$name.pid"
  done
}

# begin NAME URL STATUS COMMAND...: in a group of its own, until it answers.
begin() {
  local name=$1 url=$2 status=$3
  shift 3
  # In the folder: what lies next to this script must not be taken for a module of the service.
  (cd "$work" && exec setsid "$@") </dev/null >"$work/$name.out" 2>&1 &
  local pid=$!
  echo "$pid" >"$work/$name.pid"
  if ! wait_for 90 "$pid" "$url/" "$status"; then
    tail -n 20 "$work/$name.out" "$work/$name"*.log >&2 || true
    die "$name did not come up; see $work"
  fi
}
