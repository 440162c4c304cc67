import { fromFileUrl } from "@std/path/from-file-url";

const BYTES_PER_KIBIBYTE = 1024;
const BYTES_PER_MEGABYTE = 1e6;
/** What Linux calls USER_HZ: the same on every machine that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** The flags that make a Deno process report its cost at its end. */
export const REPORT_COST: readonly string[] = ["--preload", fromFileUrl(import.meta.resolve("./report_cost.ts"))];

/** What a process cost. */
export interface ProcessCost {
  /** The most memory that it ever had, Deno's own included; nothing where that cannot be asked. */
  readonly megabytes: number | undefined;
  /** How long it had a processor, in seconds; nothing where that cannot be asked. */
  readonly cpuSeconds: number | undefined;
}

/** Reads what a process reported, from its standard error. */
export function readProcessCost(stderr: string): ProcessCost {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(stderr)?.[1];
  const ticks = /^Ticks: (\d+)$/m.exec(stderr)?.[1];
  return {
    megabytes: kibibytes === undefined ? undefined : Number(kibibytes) * BYTES_PER_KIBIBYTE / BYTES_PER_MEGABYTE,
    cpuSeconds: ticks === undefined ? undefined : Number(ticks) / TICKS_PER_SECOND,
  };
}
