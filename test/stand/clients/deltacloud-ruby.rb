# Drives a Ruby client of Deltacloud, unmodified, through every image operation.
#   ruby deltacloud-ruby.rb FOLDER URL
# FOLDER holds the client: the newer one (lib/deltacloud/client.rb) or the older one (lib/deltacloud.rb).
# URL is the gateway's, without /api. Where it makes no images of instances (501), that is what is checked.
require 'json'
require 'net/http'
require 'time'
require 'uri'

# Gone from Ruby; the older client still calls it.
URI.define_singleton_method(:escape) { |text| URI::DEFAULT_PARSER.escape(text) } unless URI.respond_to?(:escape)

FOLDER = ARGV.fetch(0)
GATEWAY = ARGV.fetch(1).chomp('/')
API = "#{GATEWAY}/api".freeze
USER = 'demo+demo'.freeze
PASSWORD = 'secret'.freeze
PREFIX = "check-#{$$}-#{rand(100_000)}".freeze
NOBODY = '00000000-0000-4000-8000-000000000000'.freeze
INSTANCE = '5d6bd6ea-4fb3-4a40-8dd1-6a6a6d7a0001'.freeze

$passed = $failed = 0

def check(said)
  found = yield
  raise "got #{found.inspect}" unless found

  $passed += 1
  puts "ok      #{said}"
rescue StandardError => e
  $failed += 1
  puts "FAILED  #{said}\n        #{e.class}: #{e.message.to_s[0, 600]}\n        #{e.backtrace&.first}"
end

# Whether the block ends in an exception of that class, with a message that holds those words.
def raises(kind, words = '')
  yield
  raise 'nothing was raised'
rescue kind => e
  e.message.include?(words) || raise("said #{e.message.inspect}")
end

# Glance v2, to make what no Deltacloud client can.
def glance(method, path, document = nil, type = 'application/json')
  uri = URI("#{GATEWAY}#{path}")
  request = Net::HTTP.const_get(method.capitalize).new(uri, 'X-Auth-Token' => 'demo-token', 'Content-Type' => type)
  request.body = document.is_a?(String) ? document : JSON.generate(document) if document
  answer = Net::HTTP.start(uri.host, uri.port, nil) { |http| http.request(request) }
  raise "Glance: #{answer.code} #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)

  answer.body.to_s.start_with?('{') ? JSON.parse(answer.body) : nil
end

def make(name, more = {})
  glance('post', '/v2/images', { name: name, disk_format: 'raw', container_format: 'bare' }.merge(more))['id']
end

NAMES = ["#{PREFIX} R&D <beta> \"q\" 'a' ]]>", "#{PREFIX} \u00fc\u4e2d"].freeze
plain = make("#{PREFIX}-plain")
glance('put', "/v2/images/#{plain}/file", 'data', 'application/octet-stream')
narrow = make("#{PREFIX}-narrow", architecture: 'i686')
odd = NAMES.map { |name| make(name) }
guarded = make("#{PREFIX}-guarded", protected: true)
MADE = [plain, narrow, *odd, guarded].freeze

def newer
  $LOAD_PATH.unshift("#{FOLDER}/lib")
  require 'deltacloud/client'
  connect = ->(user, password) { Deltacloud::Client(API, user, password) }
  errors = Deltacloud::Client
  plain, narrow, first, second, guarded = MADE
  client = connect.(USER, PASSWORD)

  check('entry point: driver, version, collections') do
    client.driver_name == 'openstack' && client.version == '1.1.3' && client.supported_collections == ['images']
  end
  check('valid credentials') { client.valid_credentials? }
  check('wrong password') { raises(errors::AuthenticationError) { connect.(USER, 'wrong') } }
  check('no project') { raises(errors::AuthenticationError) { connect.('demo', PASSWORD) } }
  check('list') { (MADE - client.images.map(&:_id)).empty? }
  check('list by id') { client.images(id: plain).map(&:_id) == [plain] }
  check('list by an unknown id') { client.images(id: NOBODY) == [] }
  check('list by architecture') do
    ids = client.images(architecture: 'i386').map(&:_id)
    ids.include?(narrow) && !ids.include?(plain)
  end
  check('list by owner') { (MADE - client.images(owner_id: 'demo').map(&:_id)).empty? }
  check('list by another owner') { client.images(owner_id: 'somebody') == [] }
  check('show') do
    image = client.image(plain)
    image.name == "#{PREFIX}-plain" && image.description == image.name && image.owner_id == 'demo' &&
      image.architecture == 'x86_64' && image.state == 'ACTIVE' && image.root_type == 'transient' &&
      image.hardware_profile_ids == [] && Time.parse(image.creation_time).is_a?(Time)
  end
  check('names with markup and beyond ASCII') { [first, second].map { |id| client.image(id).name } == NAMES }
  check('show an unknown image') { raises(errors::NotFound) { client.image(NOBODY) } }
  check('show a nil id') { raises(errors::NotFound) { client.image(nil) } }
  made = nil
  begin
    made = client.create_image(INSTANCE, name: "#{PREFIX}-snapshot & more", description: 'a note')
    check('create') do
      made.name == "#{PREFIX}-snapshot & more" && made.state == 'SAVING' && client.image(made._id).name == made.name
    end
    check('create without a name') do
      image = client.create_image(INSTANCE)
      image.name.start_with?("#{INSTANCE}_") && client.destroy_image(image._id)
    end
  rescue errors::NotSupported => e
    check('create, which needs a Compute service here') { e.message.include?('Compute') }
    made = client.image(make("#{PREFIX}-snapshot"))
  end
  check('create without an instance') { raises(errors::ClientFailure, 'instance_id') { client.create_image(nil) } }
  check('delete') { client.destroy_image(made._id) && raises(errors::NotFound) { client.image(made._id) } }
  check('delete an unknown image') { raises(errors::NotFound) { client.destroy_image(NOBODY) } }
  check('delete a protected image') { raises(errors::ClientFailure, 'protected') { client.destroy_image(guarded) } }
  check('a collection that is not served') { raises(errors::NotFound) { client.instances } }
  check('what the client refuses by itself') { raises(errors::NotSupported) { client.create_instance(plain) } }
  check('another driver and provider') do
    client.use(:openstack, USER, PASSWORD, 'http://127.0.0.1:1/v2.0').image(plain)._id == plain
  end
end

def older
  $LOAD_PATH.unshift("#{FOLDER}/lib")
  require 'rest_client'
  # An answer was its own text until rest-client 2, and the client counts on it.
  RestClient::Response.class_eval { def to_s = self }
  require 'deltacloud'
  errors = DeltaCloud::HTTPError
  plain, narrow, first, second, guarded = MADE
  client = DeltaCloud.new(USER, PASSWORD, API)

  check('entry point: driver, version, collections') do
    client.driver_name == 'openstack' && client.api_version == '1.1.3' && client.entry_points.keys == [:images]
  end
  check('valid credentials') { DeltaCloud.valid_credentials?(USER, PASSWORD, API) }
  check('wrong password') { raises(errors::Unauthorized) { DeltaCloud.new(USER, 'wrong', API) } }
  check('list') { (MADE - client.images.map(&:id)).empty? }
  check('list by id') { client.images(id: plain).map(&:id) == [plain] }
  check('list by architecture') do
    ids = client.images(architecture: 'i386').map(&:id)
    ids.include?(narrow) && !ids.include?(plain)
  end
  check('list by another owner') { client.images(owner_id: 'somebody') == [] }
  check('show') do
    image = client.image(plain)
    image.name == "#{PREFIX}-plain" && image.owner_id == 'demo' && image.architecture == 'x86_64' &&
      image.state == 'ACTIVE' && image.root_type == 'transient' && image.url == "#{API}/images/#{plain}" &&
      image.has_create_instance? && image.has_destroy_image?
  end
  check('fetch by address') { client.fetch_image("#{API}/images/#{plain}").id == plain }
  check('names with markup and beyond ASCII') { [first, second].map { |id| client.image(id).name } == NAMES }
  check('show an unknown image') { raises(errors::NotFound) { client.image(NOBODY) } }
  made = nil
  begin
    made = client.create_image(instance_id: INSTANCE, name: "#{PREFIX}-snapshot")
    check('create') { made.name == "#{PREFIX}-snapshot" && made.state == 'SAVING' }
  rescue errors::NotImplemented => e
    check('create, which needs a Compute service here') { e.message.include?('Compute') }
    made = client.image(make("#{PREFIX}-snapshot"))
  end
  check('create without an instance') { raises(errors::BadRequest) { client.create_image(name: 'x') } }
  check('delete by its link, after which the client asks for the image again') do
    raises(errors::NotFound) { made.destroy_image! } && raises(errors::NotFound) { client.image(made.id) }
  end
  check('delete a protected image') { raises(errors::Forbidden, 'protected') { client.image(guarded).destroy_image! } }
end

begin
  File.exist?("#{FOLDER}/lib/deltacloud/client.rb") ? newer : older
ensure
  glance('patch', "/v2/images/#{guarded}", [{ op: 'replace', path: '/protected', value: false }],
         'application/openstack-images-v2.1-json-patch')
  glance('get', '/v2/images?limit=1000')['images'].each do |image|
    glance('delete', "/v2/images/#{image['id']}") if image['name'].to_s.start_with?(PREFIX)
  end
end
puts "#{$passed} passed, #{$failed} failed"
exit($failed.zero? ? 0 : 1)
