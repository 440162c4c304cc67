import { InProcessHost } from "../../lib/run/call/in_process_host.ts";
import { RunTrace } from "../../lib/run/trace/run_trace.ts";
import type { MachineWorld } from "./machine/machine_world.ts";

/**
 * Makes every call that loads something in a run pass the world's gate: the functions of a returned plan, before which other
 * calls may pass, and a step that is about to return a plan, which has to be in the gate already under its id.
 *
 * @returns Ends the watch when it is disposed of.
 */
export function watchLoads(world: MachineWorld): Disposable {
  const { prepare } = InProcessHost.prototype;
  const prepared = new WeakSet<InProcessHost>();
  const { attempt } = RunTrace.prototype;
  InProcessHost.prototype.prepare = async function (names) {
    // The first time is before the run.
    if (!prepared.has(this)) {
      prepared.add(this);
      return await prepare.call(this, names);
    }
    await world.giveWay(world.below(3));
    await world.gate.enter(names);
    try {
      await prepare.call(this, names);
    } finally {
      world.gate.leave(names);
    }
  };
  RunTrace.prototype.attempt = function (traced) {
    const trace = attempt.call(this, traced);
    return {
      ...trace,
      follow: async (call) => {
        const end = await call;
        world.gate.leave(traced.step);
        trace.end(end.kind, end.error);
        return end;
      },
    };
  };
  return {
    [Symbol.dispose]: () => {
      InProcessHost.prototype.prepare = prepare;
      RunTrace.prototype.attempt = attempt;
    },
  };
}
