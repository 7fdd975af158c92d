#!/usr/bin/env bash
# The unmodified python-glanceclient, speaking Image API v1.
#   glanceclient-v1.sh URL [SOURCE_URL]   SOURCE_URL: a file the server may copy (see source.py)
# URL must answer v2 as well: it is asked to remove whatever a failed run leaves behind.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
api=1 url=${1:?URL of an image endpoint}
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$here/checks.sh"

head -c 300000 /dev/urandom >"$work/data"
head -c 1000 /dev/urandom >"$work/small"
md5=$(md5sum <"$work/data" | cut -d' ' -f1)
formats=(--disk-format raw --container-format bare)

run $demo image-create --name "$prefix-file" "${formats[@]}" --file "$work/data" --property distro=debian \
  --property "set=$prefix" --min-ram 64 --is-public False
shows 'create with a file' name="$prefix-file" status=active size=300000 checksum="$md5" is_public=False \
  "Property 'distro'=debian" min_ram=64 owner=$demo_project protected=False deleted=False
file=$(field id)
run $demo image-show "$file"
shows 'show by id' id="$file" name="$prefix-file" status=active size=300000 checksum="$md5" is_public=False \
  disk_format=raw container_format=bare "Property 'distro'=debian" min_ram=64 min_disk=0
run $demo image-show "$prefix-file"
shows 'show by name' id="$file"

run $demo image-create --name "$prefix-later" "${formats[@]}" --property "set=$prefix"
shows 'reserve' status=queued size=0
later=$(field id)
run $demo image-list --status queued --name "$prefix-later"
lists 'list by status' "$prefix-later"
run $demo image-update --file "$work/small" "$later"
shows 'upload into a reserved image' status=active size=1000 "Property 'set'=$prefix"
run $demo image-update --file "$work/data" "$later"
fails 'data for an image that has some' 'unable to upload image data'

piped "$work/data" $demo image-create --name "$prefix-piped" "${formats[@]}"
shows 'create from a pipe' status=active size=300000 checksum="$md5"
piped=$(field id)

if [[ -n ${2:-} ]]; then
  run $demo image-create --name "$prefix-copied" "${formats[@]}" --copy-from "$2"
  succeeds 'create by copy-from'
  copied=$(field id)
  for _ in {1..30}; do
    run $demo image-show "$copied"
    [[ $(field status) != active ]] || break
    sleep 0.3
  done
  size=$(curl -sI "$2" | tr -d '\r' | awk 'tolower($1) == "content-length:" { print $2 }')
  shows 'show a copied image' status=active size="$size"
  run $demo image-create --name "$prefix-located" "${formats[@]}" --location "$2"
  shows 'create by location' status=active size="$size"
  run $demo image-delete "$copied" "$(field id)"
fi

run $demo image-update --name "$prefix-renamed" --property colour=green --min-disk 3 "$file"
shows 'update keeps the other properties' name="$prefix-renamed" "Property 'colour'=green" "Property 'distro'=debian" \
  min_disk=3 min_ram=64
run $demo image-update --purge-props --property colour=grey --property "set=$prefix" "$file"
shows 'update with purge removes them' "Property 'colour'=grey" "Property 'distro'=" name="$prefix-renamed"
run $demo image-show "$file"
shows 'show after the purge' "Property 'colour'=grey" "Property 'distro'=" min_disk=3

run $demo image-download --file "$work/got" "$file"
succeeds 'download'
same 'the bytes downloaded' "$work/data" "$work/got"
as $demo image-download "$prefix-later" >"$work/got" 2>"$work/err" || true
same 'download by name to standard output' "$work/small" "$work/got"

for n in {10..34}; do echo "$n"; done | xargs -P 4 -I N curl -s -o /dev/null -X POST -H "X-Auth-Token: $demo" \
  -H "x-image-meta-name: $prefix-n-N" -H "x-image-meta-property-batch: $prefix" \
  -H 'x-image-meta-disk_format: qcow2' -H 'x-image-meta-container_format: bare' "$url/v1/images"
mapfile -t rows < <(printf "$prefix-n-%s\n" {10..34})
run $demo image-list --property-filter batch="$prefix"
lists 'list by a property, over more than one page' "${rows[@]}"
run $demo image-list --property-filter batch="$prefix" --page-size 4 --sort-key name --sort-dir desc
mapfile -t reversed < <(printf '%s\n' "${rows[@]}" | sort -r)
lists 'list in pages of 4, sorted downwards' "${reversed[@]}"
run $demo image-list --disk-format qcow2
lists 'list by disk format' "${rows[@]}"
run $demo image-list
lists 'list everything' "$prefix-later" "${rows[@]}" "$prefix-piped" "$prefix-renamed"
run $demo image-list --name "$prefix-n-17"
lists 'list by name' "$prefix-n-17"
run $demo image-list --property-filter set="$prefix" --sort-key size --sort-dir desc
lists 'sort by size' "$prefix-renamed" "$prefix-later"
run $demo image-list --property-filter set="$prefix" --size-min 1001
lists 'list by least size' "$prefix-renamed"
run $demo image-list --property-filter set="$prefix" --size-max 1000
lists 'list by greatest size' "$prefix-later"
run $demo image-list --property-filter set="$prefix" --property-filter colour=grey
lists 'list by two properties' "$prefix-renamed"
run $admin image-list --all-tenants --property-filter set="$prefix"
lists 'an admin lists all projects' "$prefix-later" "$prefix-renamed"
run $admin image-list --owner $demo_project --property-filter set="$prefix"
lists 'an admin lists one project' "$prefix-later" "$prefix-renamed"
run $alt image-list --all-tenants --property-filter set="$prefix"
lists 'all projects are still only the own one for a member'

run $alt image-show "$file"
fails 'another project does not see it' 'no image with a name or ID'
run $demo member-create "$file" $alt_project
succeeds 'add a member'
run $demo member-list --image-id "$file"
report "$([[ $code -eq 0 && $out == *"$file"*$alt_project* ]] && echo true)" 'list members' 'wanted: the member'
run $demo member-list --tenant-id $alt_project
report "$([[ $code -eq 0 && $out == *"$file"*$alt_project* ]] && echo true)" 'list what is shared with it' 'wanted: the image'
run $alt image-show "$file"
shows 'the member sees it' name="$prefix-renamed"
run $alt image-list
lists 'the member lists it' "$prefix-renamed"
run $alt image-download --file "$work/shared" "$file"
same 'the member downloads it' "$work/data" "$work/shared"
run $demo member-delete "$file" $alt_project
succeeds 'remove a member'
run $alt image-show "$file"
fails 'the former member does not see it' 'no image with a name or ID'

run $admin image-create --name "$prefix-public" "${formats[@]}" --is-public True --file "$work/small"
shows 'an admin makes a public image' is_public=True status=active size=1000
public=$(field id)
run $demo image-list --name "$prefix-public"
lists 'others list it' "$prefix-public"
run $admin image-list --is-public True --name "$prefix-public"
lists 'an admin lists public images' "$prefix-public"
run $demo image-update --name stolen "$public"
fails 'others may not change it' 'forbidden|403'
run $demo image-update --is-public True "$later"
fails 'a member may not publish' 'forbidden|403'
run $admin image-update --is-public False "$public"
shows 'an admin withdraws it' is_public=False
run $demo image-list --name "$prefix-public"
lists 'others no longer list it'

run $demo image-update --is-protected True "$file"
shows 'protect' protected=True "Property 'colour'=grey"
# The client prints this failure and exits with 0.
run $demo image-delete "$file"
report "$([[ $out == *'Unable to delete image'* ]] && echo true)" 'a protected image stays' 'wanted: Unable to delete image'
run $demo image-update --is-protected False "$file"
shows 'unprotect' protected=False
run $demo image-delete "$file" "$later" "$piped"
report "$([[ $code -eq 0 && -z $out ]] && echo true)" 'delete' 'wanted: success without a word'
run $demo image-show "$file"
fails 'a deleted image is gone' 'no image with a name or ID'
run nobody-token image-list
fails 'a wrong token' 'invalid openstack identity credentials|401'
