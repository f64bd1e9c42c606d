// The Worker's first step. The shim that worker-build writes makes an object and three proxies for every request; a
// follow costs little more than that. So requests go straight to the wasm module, and through the shim only where the
// module has trapped and must be started anew, which the shim knows how to do.
import Shim from "worker-build-output";

export { ClickShard, Directory, Ledger } from "worker-build-output";

const module = globalThis.__worker_init_state;
const answer = Shim.prototype.fetch;

export default {
  fetch(request, env, ctx) {
    if (module.criticalError) return new Shim(ctx, env).fetch(request);
    try {
      return answer.call({ env, ctx }, request);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) module.criticalError = true;
      throw error;
    }
  },
};
