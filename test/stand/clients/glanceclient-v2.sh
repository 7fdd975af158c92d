#!/usr/bin/env bash
# The unmodified python-glanceclient against Glance v2.
#   glanceclient-v2.sh URL [SOURCE_URL]   SOURCE_URL: a file the server may import (see source.py)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
api=2 url=${1:?URL of an image endpoint}
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$here/checks.sh"

head -c 300000 /dev/urandom >"$work/data"
md5=$(md5sum <"$work/data" | cut -d' ' -f1)
formats=(--disk-format raw --container-format bare)

run $demo image-create --name "$prefix-file" "${formats[@]}" --file "$work/data" --property os_distro=debian \
  --property 'note=two words' --min-ram 64 --tags red blue
shows 'create with a file' name="$prefix-file" status=active size=300000 checksum="$md5" visibility=shared \
  os_distro=debian note='two words' min_ram=64 owner=$demo_project protected=False
report "$([[ $(field tags) == *red* && $(field tags) == *blue* ]] && echo true)" 'create with tags' 'wanted: red, blue'
file=$(field id)

run $demo image-create --name "$prefix-later" "${formats[@]}"
shows 'reserve' status=queued size=None checksum=None
later=$(field id)
run $demo image-upload --file "$work/data" "$later"
succeeds 'upload into a reserved image'
run $demo image-show "$later"
shows 'show after the upload' status=active size=300000 checksum="$md5"

piped "$work/data" $demo image-create --name "$prefix-piped" "${formats[@]}"
shows 'create from a pipe' status=active size=300000 checksum="$md5"
piped=$(field id)

run $demo image-create --name "$prefix-staged" "${formats[@]}"
staged=$(field id)
run $demo image-stage --file "$work/data" "$staged"
succeeds 'stage'
run $demo image-show "$staged"
shows 'show a staged image' status=uploading
run $demo image-import --import-method glance-direct "$staged"
succeeds 'import what was staged'
for _ in {1..30}; do
  run $demo image-show "$staged"
  [[ $(field status) != active ]] || break
  sleep 0.3
done
shows 'show an imported image' status=active size=300000 checksum="$md5"
if [[ -n ${2:-} ]]; then
  run $demo image-create-via-import --import-method web-download --uri "$2" --name "$prefix-web" "${formats[@]}"
  succeeds 'create by web-download'
  web=$(field id)
  for _ in {1..30}; do
    run $demo image-show "$web"
    [[ $(field status) != active ]] || break
    sleep 0.3
  done
  shows 'show a downloaded image' status=active size="$(curl -sI "$2" | tr -d '\r' | awk 'tolower($1) == "content-length:" { print $2 }')"
  run $demo image-delete "$web"
fi

run $demo image-update --name "$prefix-renamed" --property colour=green --min-disk 3 "$file"
shows 'update' name="$prefix-renamed" colour=green os_distro=debian note='two words' min_disk=3 min_ram=64
run $demo image-update --remove-property note --property colour=grey "$file"
shows 'update: remove a property' colour=grey os_distro=debian note=
run $demo image-tag-update "$file" purple
succeeds 'add a tag'
run $demo image-tag-delete "$file" red
succeeds 'remove a tag'
run $demo image-show "$file"
report "$([[ $(field tags) == *purple* && $(field tags) != *red* ]] && echo true)" 'show tags' 'wanted: purple, not red'

run $demo image-download --file "$work/got" "$file"
succeeds 'download'
same 'the bytes downloaded' "$work/data" "$work/got"

printf x >"$work/x"
for n in {10..34}; do echo "$n"; done | xargs -P 4 -I N curl -s -o /dev/null -X POST -H "X-Auth-Token: $demo" \
  -H 'Content-Type: application/json' "$url/v2/images" \
  -d "{\"name\": \"$prefix-n-N\", \"batch\": \"$prefix\", \"disk_format\": \"qcow2\", \"container_format\": \"bare\", \"min_ram\": N}"
mapfile -t rows < <(printf "$prefix-n-%s\n" {10..34})
run $demo image-list --sort-key name --sort-dir asc --property-filter batch="$prefix"
lists 'list by a property, over more than one page' "${rows[@]}"
run $demo image-list --sort name:desc --page-size 4 --property-filter batch="$prefix"
mapfile -t reversed < <(printf '%s\n' "${rows[@]}" | sort -r)
lists 'list in pages of 4, sorted downwards' "${reversed[@]}"
run $demo image-list --limit 3 --sort name:asc --property-filter batch="$prefix"
lists 'list with a limit' "${rows[@]:0:3}"
run $demo image-list --property-filter name="$prefix-renamed"
lists 'list by name' "$prefix-renamed"
run $demo image-list --property-filter status=queued --property-filter batch="$prefix" --sort name:asc
lists 'list by status' "${rows[@]}"
run $demo image-list --checksum "$md5" --sort name:asc
lists 'list by checksum' "$prefix-later" "$prefix-piped" "$prefix-renamed" "$prefix-staged"
run $demo image-list --tag purple --property-filter name="$prefix-renamed"
lists 'list by tag' "$prefix-renamed"
run $demo image-list --visibility public
lists 'a shared image is not listed as public'

run $alt image-show "$file"
fails 'another project does not see it' 'no image found|404|could not find'
run $demo member-create "$file" $alt_project
report "$([[ $code -eq 0 && $out == *$alt_project*pending* ]] && echo true)" 'add a member' 'wanted: pending'
run $alt image-list
lists 'a share not yet accepted is not listed'
run $alt member-update "$file" $alt_project accepted
report "$([[ $code -eq 0 && $out == *$alt_project*accepted* ]] && echo true)" 'accept a share' 'wanted: accepted'
run $alt image-list
lists 'an accepted share is listed' "$prefix-renamed"
run $demo member-list --image-id "$file"
report "$([[ $code -eq 0 && $out == *$alt_project*accepted* ]] && echo true)" 'list members' 'wanted: the member, accepted'
run $demo member-delete "$file" $alt_project
succeeds 'remove a member'
run $alt image-show "$file"
fails 'the former member does not see it' 'no image found|404|could not find'

run $admin image-create --name "$prefix-public" "${formats[@]}" --visibility public --file "$work/x"
shows 'an admin makes a public image' visibility=public status=active size=1
public=$(field id)
run $demo image-list --visibility public
lists 'others list it' "$prefix-public"
run $demo image-update --name stolen "$public"
fails 'others may not change it' 'forbidden|403|not permitted'
run $demo image-update --visibility public "$later"
fails 'a member may not publish' 'forbidden|403|not authorized'
run $admin image-deactivate "$later"
succeeds 'deactivate'
run $demo image-download --file "$work/none" "$later"
fails 'a deactivated image gives no data' 'forbidden|403'
run $admin image-reactivate "$later"
succeeds 'reactivate'

run $demo image-update --protected True "$file"
shows 'protect' protected=True
run $demo image-delete "$file"
fails 'a protected image stays' 'protected|403|forbidden|not permitted'
run $demo image-update --protected False "$file"
shows 'unprotect' protected=False
run $demo image-delete "$file" "$later" "$piped" "$staged"
succeeds 'delete'
run $demo image-show "$file"
fails 'a deleted image is gone' 'no image found|404'
run nobody-token image-list
fails 'a wrong token' 'invalid openstack identity credentials|401'
