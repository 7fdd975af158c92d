# Checks of fog-nova.sh: fog-nova.rb URL IMAGE_URL KEYSTONE_URL
# frozen_string_literal: true

require 'fog/openstack'
require 'json'
require 'net/http'
require 'securerandom'

URL, IMAGE_URL, KEYSTONE = ARGV
PROJECT = '0d000000000000000000000000000002'
PREFIX = "check-#{Process.pid}-#{SecureRandom.hex(3)}"
NOBODY = '00000000-0000-4000-8000-000000000000'
SERVER = '4d2a9c5e-6f0b-4c1e-9b7a-0c9a1f2d3e4f'
$passed = $failed = 0
$made = []

def glance(method, path, body = nil, type = 'application/json')
  uri = URI(IMAGE_URL + path)
  request = Net::HTTP.const_get(method.capitalize).new(uri)
  request['X-Auth-Token'] = 'demo-token'
  request['Content-Type'] = type
  request.body = body.is_a?(String) || body.nil? ? body : JSON.generate(body)
  answer = Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }
  raise "#{method} #{path}: #{answer.code} #{answer.body}" unless answer.code.start_with?('2')

  answer.body.to_s.start_with?('{') ? JSON.parse(answer.body) : nil
end

def make(name, attributes = {}, data = nil)
  image = glance('post', '/v2/images', { name: "#{PREFIX}-#{name}", disk_format: 'raw', container_format: 'bare' }
    .merge(attributes))
  $made << image['id']
  glance('put', "/v2/images/#{image['id']}/file", data, 'application/octet-stream') if data
  image['id']
end

def check(what, wanted = true)
  got = begin
    yield
  rescue StandardError => e
    e
  end
  if got == wanted
    $passed += 1
    puts "ok      #{what}"
  else
    $failed += 1
    puts "FAILED  #{what}", "        wanted: #{wanted.inspect}"
    puts (got.is_a?(Exception) ? got.full_message(highlight: false) : "got: #{got.inspect}")
      .lines.first(20).map { |line| "        #{line}" }
  end
end

# The status of a call that must fail.
def refused
  yield
  nil
rescue Excon::Error::HTTPStatus => e
  e.response.status
rescue Fog::Errors::NotFound
  404
end

def connect(more = {})
  Fog::OpenStack::Compute.new({
    openstack_auth_url: KEYSTONE.sub(%r{/v3/?$}, ''), openstack_username: 'demo', openstack_api_key: 'secret',
    openstack_project_name: 'demo', openstack_domain_id: 'default', openstack_region: 'RegionOne'
  }.merge(more))
end

begin
  compute = nil
  check('authenticate, find the endpoint and ask it for its versions') { !(compute = connect).nil? }
  plain = make('plain', { min_ram: 64, min_disk: 1, os_distro: 'debian' }, 'data')
  queued = make('queued', { colour: 'red', 'two words': 'a b' })
  snapshot = make('snapshot', { instance_uuid: SERVER, image_type: 'snapshot' }, 'x')
  ours = ->(list) { list.select { |image| (image['name'] || '').start_with?(PREFIX) }.map { |image| image['name'].sub("#{PREFIX}-", '') }.sort }

  check('list', %w[plain queued snapshot]) { ours.call(compute.list_images.body['images']) }
  check('an entry of the list has id, name and links', %w[id links name]) do
    compute.list_images.body['images'].find { |image| image['id'] == plain }.keys.sort
  end
  check('list in detail', %w[plain queued snapshot]) { ours.call(compute.list_images_detail.body['images']) }
  check('filter by name', %w[queued]) { ours.call(compute.list_images_detail('name' => "#{PREFIX}-queued").body['images']) }
  check('filter by status', %w[plain snapshot]) { ours.call(compute.list_images_detail('status' => 'ACTIVE').body['images']) }
  check('filter by least memory', %w[plain]) { ours.call(compute.list_images_detail('minRam' => 64).body['images']) }
  check('filter by server', %w[snapshot]) { ours.call(compute.list_images_detail('server' => SERVER).body['images']) }
  check('filter by type', %w[snapshot]) { ours.call(compute.list_images_detail('type' => 'snapshot').body['images']) }
  check('filter by change', []) { ours.call(compute.list_images_detail('changes-since' => '2999-01-01T00:00:00Z').body['images']) }
  check('a limit, and the next page', 1) do
    page = compute.list_images_detail('limit' => 1).body
    raise 'no link' unless page['images_links'][0]['href'].include?("marker=#{page['images'][0]['id']}")

    page['images'].length
  end
  check('a marker', true) do
    all = compute.list_images_detail.body['images'].map { |image| image['id'] }
    compute.list_images_detail('marker' => all[0]).body['images'].map { |image| image['id'] } == all.drop(1)
  end
  check('a bad limit is 400', 400) { refused { compute.list_images_detail('limit' => 'x') } }

  check('show', ['ACTIVE', 100, 4, 64, 1, { 'os_distro' => 'debian' }]) do
    image = compute.get_image_details(plain).body['image']
    %w[status progress OS-EXT-IMG-SIZE:size minRam minDisk metadata].map { |name| image[name] }
  end
  check('show one without data', ['SAVING', 25, 0]) do
    image = compute.get_image_details(queued).body['image']
    %w[status progress OS-EXT-IMG-SIZE:size].map { |name| image[name] }
  end
  check('show a snapshot', SERVER) { compute.get_image_details(snapshot).body['image']['server']['id'] }
  check('show none is not found', 404) { refused { compute.get_image_details(NOBODY) } }
  check('models: all', %w[plain queued snapshot]) do
    compute.images.all.map(&:name).select { |name| name.start_with?(PREFIX) }.map { |name| name.sub("#{PREFIX}-", '') }.sort
  end
  check('models: all with a filter', [queued]) { compute.images.all('name' => "#{PREFIX}-queued").map(&:id) }
  check('models: get', [true, 4, 64]) do
    image = compute.images.get(plain)
    [image.ready?, image.size, image.minRam]
  end
  check('models: get none is nil', nil) { compute.images.get(NOBODY) }

  check('list metadata', { 'colour' => 'red', 'two words' => 'a b' }) { compute.list_metadata('images', queued).body['metadata'] }
  check('get an item', { 'colour' => 'red' }) { compute.get_metadata('images', queued, 'colour').body['meta'] }
  check('get an item whose key holds a blank', { 'two words' => 'a b' }) do
    compute.get_metadata('images', queued, 'two%20words').body['meta']
  end
  check('get no item is not found', 404) { refused { compute.get_metadata('images', queued, 'none') } }
  check('merge metadata', { 'colour' => 'red', 'two words' => 'a b', 'size' => nil, 'shape' => 'round' }.compact) do
    compute.update_metadata('images', queued, { 'shape' => 'round' }).body['metadata']
  end
  check('put an item', { 'colour' => 'green' }) { compute.update_meta('images', queued, 'colour', 'green').body['meta'] }
  check('the item is changed, the others are not', { 'colour' => 'green', 'two words' => 'a b', 'shape' => 'round' }) do
    compute.list_metadata('images', queued).body['metadata']
  end
  check('delete an item', 204) { compute.delete_meta('images', queued, 'shape').status }
  check('delete no item is not found', 404) { refused { compute.delete_meta('images', queued, 'shape') } }
  check('replace metadata', { 'only' => 'this' }) { compute.set_metadata('images', queued, { 'only' => 'this' }).body['metadata'] }
  check('the others are gone', { 'only' => 'this' }) { compute.list_metadata('images', queued).body['metadata'] }
  check('an item that is no text is 400', 400) { refused { compute.update_metadata('images', queued, { 'n' => 1 }) } }
  check('models: read metadata', { 'only' => 'this' }) { compute.images.get(queued).metadata.to_hash }
  check('models: save an item', 'blue') do
    image = compute.images.get(queued)
    image.metadata.new('key' => 'colour', 'value' => 'blue').save
    image.metadata.get('colour').value
  end
  check('models: destroy an item', nil) do
    image = compute.images.get(queued)
    image.metadata.get('colour').destroy
    image.metadata.get('colour')
  end
  check('writes leave the rest of the image alone', [nil, "#{PREFIX}-queued", 'shared', 'raw']) do
    image = glance('get', "/v2/images/#{queued}")
    [image['size']] + %w[name visibility disk_format].map { |name| image[name] }
  end

  check('delete', 204) { compute.delete_image(snapshot).status }
  check('it is gone', 404) { refused { compute.get_image_details(snapshot) } }
  check('delete none is not found', 404) { refused { compute.delete_image(snapshot) } }
  check('models: destroy', [true, nil]) { [compute.images.get(queued).destroy, compute.images.get(queued)] }
  glance('patch', "/v2/images/#{plain}", '[{"op": "replace", "path": "/protected", "value": true}]',
         'application/openstack-images-v2.1-json-patch')
  check('a protected image stays', 403) { refused { compute.delete_image(plain) } }
  glance('patch', "/v2/images/#{plain}", '[{"op": "replace", "path": "/protected", "value": false}]',
         'application/openstack-images-v2.1-json-patch')
  check('in a microversion after the end images are not found, as Nova said', 404) do
    refused { connect.tap { |service| service.instance_variable_set(:@microversion, '2.36') }.list_images }
  end
  check('another project does not see it', 404) do
    alt = connect(openstack_username: 'alt', openstack_project_name: 'alt_demo')
    refused { alt.get_image_details(plain) }
  end
ensure
  $made.each do |id|
    glance('delete', "/v2/images/#{id}")
  rescue StandardError
    nil
  end
  puts "#{$passed} passed, #{$failed} failed"
end
exit($failed.zero? && $passed.positive?)
