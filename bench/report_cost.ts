/**
 * Preloaded into the processes that are measured: writes, when the process ends, the most memory that it has ever had, as
 * the kernel counts it (`VmHWM`), and the time that it had a processor.
 *
 * @module
 */

globalThis.addEventListener("unload", () => {
  if (Deno.build.os !== "linux") return;
  console.error(/^VmHWM:.*/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[0]);
  // The name of the program, in parentheses, may contain spaces. User and system time are the 12th and 13th field after it.
  const fields = Deno.readTextFileSync("/proc/self/stat").split(") ").at(-1)?.split(" ") ?? [];
  console.error(`Ticks: ${Number(fields[11]) + Number(fields[12])}`);
});
