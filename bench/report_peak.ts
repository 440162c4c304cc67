/**
 * Preloaded into the processes that are measured: tells the most memory that the process has ever had, as the kernel counts
 * it (`VmHWM`), when it ends.
 *
 * @module
 */

globalThis.addEventListener("unload", () => {
  if (Deno.build.os !== "linux") return;
  console.error(/^VmHWM:.*/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[0]);
});
