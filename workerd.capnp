# Polyglance on a workerd of your own: npm run build:worker && npx workerd serve workerd.capnp
# Settings are those of docs/configuration.md, from the environment; docs/workers.md says more.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "polyglance", worker = .polyglance),
    # requests for POLYGLANCE_GLANCE_URL, _KEYSTONE_URL and _COMPUTE_URL go here, so that nothing else has to reach the inside
    (name = "glance", external = (address = "127.0.0.1:9292", http = ())),
    (name = "keystone", external = (address = "127.0.0.1:5000", http = ())),
    (name = "nova", external = (address = "127.0.0.1:8774", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:8080", http = (), service = "polyglance")],
);

const polyglance :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "dist/worker/worker.js")],
  # as in wrangler.toml
  compatibilityDate = "2026-04-01",
  compatibilityFlags = ["nodejs_compat", "enable_request_signal"],
  bindings = [
    (name = "GLANCE", service = "glance"),
    (name = "KEYSTONE", service = "keystone"),
    (name = "COMPUTE", service = "nova"),
    # unset in the environment is unset here
    (name = "POLYGLANCE_GLANCE_URL", fromEnvironment = "POLYGLANCE_GLANCE_URL"),
    (name = "POLYGLANCE_KEYSTONE_URL", fromEnvironment = "POLYGLANCE_KEYSTONE_URL"),
    (name = "POLYGLANCE_KEYSTONE_DOMAIN", fromEnvironment = "POLYGLANCE_KEYSTONE_DOMAIN"),
    (name = "POLYGLANCE_IDENTITY_CACHE_TIME", fromEnvironment = "POLYGLANCE_IDENTITY_CACHE_TIME"),
    (name = "POLYGLANCE_COMPUTE_URL", fromEnvironment = "POLYGLANCE_COMPUTE_URL"),
    (name = "POLYGLANCE_PUBLIC_URL", fromEnvironment = "POLYGLANCE_PUBLIC_URL"),
    (name = "POLYGLANCE_PUBLIC_NAMES", fromEnvironment = "POLYGLANCE_PUBLIC_NAMES"),
    (name = "POLYGLANCE_TRUSTED_PROXIES", fromEnvironment = "POLYGLANCE_TRUSTED_PROXIES"),
    (name = "POLYGLANCE_IMPORT_ALLOWED_HOSTS", fromEnvironment = "POLYGLANCE_IMPORT_ALLOWED_HOSTS"),
    (name = "POLYGLANCE_IMPORT_ALLOWED_PORTS", fromEnvironment = "POLYGLANCE_IMPORT_ALLOWED_PORTS"),
    (name = "POLYGLANCE_NOVA_MAX_VERSION", fromEnvironment = "POLYGLANCE_NOVA_MAX_VERSION"),
    (name = "POLYGLANCE_NOVA_SERVE_BEYOND", fromEnvironment = "POLYGLANCE_NOVA_SERVE_BEYOND"),
    (name = "POLYGLANCE_STARLINGX", fromEnvironment = "POLYGLANCE_STARLINGX"),
    (name = "POLYGLANCE_STARLINGX_STORES", fromEnvironment = "POLYGLANCE_STARLINGX_STORES"),
    (name = "POLYGLANCE_BUILDERS", fromEnvironment = "POLYGLANCE_BUILDERS"),
    (name = "POLYGLANCE_ADMIN_TOKEN", fromEnvironment = "POLYGLANCE_ADMIN_TOKEN"),
    (name = "POLYGLANCE_ACCESS_LOG", fromEnvironment = "POLYGLANCE_ACCESS_LOG"),
    (name = "POLYGLANCE_READ_CACHE_TIME", fromEnvironment = "POLYGLANCE_READ_CACHE_TIME"),
    (name = "POLYGLANCE_READ_CACHE_SIZE", fromEnvironment = "POLYGLANCE_READ_CACHE_SIZE"),
    (name = "POLYGLANCE_MAX_UPLOAD", fromEnvironment = "POLYGLANCE_MAX_UPLOAD"),
    (name = "POLYGLANCE_DIRECT_URL", fromEnvironment = "POLYGLANCE_DIRECT_URL"),
    (name = "POLYGLANCE_CALL_LIMIT", fromEnvironment = "POLYGLANCE_CALL_LIMIT"),
    (name = "POLYGLANCE_FIRST_BYTE_TIMEOUT", fromEnvironment = "POLYGLANCE_FIRST_BYTE_TIMEOUT"),
    (name = "POLYGLANCE_IDLE_TIMEOUT", fromEnvironment = "POLYGLANCE_IDLE_TIMEOUT"),
  ],
);
