# Polyglance on a workerd of your own: npm run build:worker && npx workerd serve workerd.capnp
# Settings are those of docs/configuration.md, a binding each; docs/workers.md says more.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "polyglance", worker = .polyglance),
    # requests for POLYGLANCE_GLANCE_URL go here, so that nothing else has to reach the inside
    (name = "glance", external = (address = "127.0.0.1:9292", http = ())),
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
    # unset in the environment is unset here
    (name = "POLYGLANCE_GLANCE_URL", fromEnvironment = "POLYGLANCE_GLANCE_URL"),
    (name = "POLYGLANCE_PUBLIC_URL", fromEnvironment = "POLYGLANCE_PUBLIC_URL"),
    (name = "POLYGLANCE_TRUSTED_PROXIES", fromEnvironment = "POLYGLANCE_TRUSTED_PROXIES"),
    (name = "POLYGLANCE_ADMIN_TOKEN", fromEnvironment = "POLYGLANCE_ADMIN_TOKEN"),
    (name = "POLYGLANCE_ACCESS_LOG", fromEnvironment = "POLYGLANCE_ACCESS_LOG"),
  ],
);
