/**
 * Measures how fast the library is, against what the disk and Deno cost anyhow (`deno task bench`), and prints one table.
 * What each row means: docs/performance.md.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import type { BenchRow, BenchSettings } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { OwnProcesses } from "./fresh/own_processes.ts";
import { cacheFolder, PEER_VERSIONS } from "./fresh/peer_packages.ts";
import { startSystems } from "./fresh/start_systems.ts";
import type { Systems } from "./fresh/system.ts";
import { type BenchResult, judgeRow } from "./judge_row.ts";
import { renderResults } from "./render_results.ts";

const ROUNDS = 5;
const QUICK_ROUNDS = 2;
/** What stops the benchmarks, with the exit code. */
const SIGNALS = [["SIGINT", 130], ["SIGTERM", 143]] as const;

/** What the command line says. */
interface BenchRequest {
  readonly names: readonly string[];
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly isStrict: boolean;
  readonly isJson: boolean;
  readonly hasPeers: boolean;
  readonly folder: string | undefined;
}

function helpText(): string {
  const width = Math.max(...benchmarks.map(({ name }) => name.length));
  return `Usage: deno task bench [--only NAME]… [--rounds N] [--folder PATH] [--peers] [--quick] [--json] [--strict]

  --only NAME     only this one; may be given more than once. One that takes minutes is measured only so
  --rounds N      how often each is measured; the median counts (${ROUNDS})
  --folder PATH   a folder on the disk to be measured (the folder for temporary files)
  --peers         measures other systems, too, in the rows fresh-*. Downloads them from npm the first time, into
                  ${cacheFolder()}. One of them needs PostgreSQL to be installed
  --quick         small sizes and ${QUICK_ROUNDS} rounds: shows that all of it works, and nothing else
  --json          writes JSON
  --strict        exit code 1 when a target is missed

${benchmarks.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join("\n")}
`;
}

function parseRequest(words: readonly string[]): BenchRequest | undefined {
  const unknown: string[] = [];
  const flags = parseArgs([...words], {
    boolean: ["quick", "json", "strict", "peers"],
    string: ["only", "rounds", "folder"],
    collect: ["only"],
    unknown: (word) => void unknown.push(word),
  });
  const names = flags.only.map(String);
  const rounds = Number(flags.rounds ?? (flags.quick ? QUICK_ROUNDS : ROUNDS));
  const isKnown = names.every((wanted) => benchmarks.some(({ name }) => name === wanted));
  if (unknown.length > 0 || !isKnown || !Number.isInteger(rounds) || rounds < 1) return undefined;
  const { folder, quick: isQuick, strict: isStrict, json: isJson, peers: hasPeers } = flags;
  return { names, rounds, isQuick, isStrict, isJson, hasPeers, folder };
}

async function runAll(
  { names, rounds, isQuick, hasPeers, folder: dir }: BenchRequest,
): Promise<readonly BenchResult[]> {
  const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "resumable_tx_bench_", dir }));
  const processes = new OwnProcesses();
  const peersFolder = hasPeers ? cacheFolder() : undefined;
  let systems: Promise<Systems> | undefined;
  const settings: BenchSettings = {
    rounds,
    isQuick,
    folder,
    processes,
    systems: () => systems ??= startSystems({ processes, folder, peersFolder, isQuick }),
  };
  let cleaning: Promise<void> | undefined;
  const cleanUp = () =>
    cleaning ??= processes[Symbol.asyncDispose]().then(() => Deno.removeSync(folder, { recursive: true }));
  for (const [signal, code] of SIGNALS) {
    Deno.addSignalListener(signal, () => void cleanUp().finally(() => Deno.exit(code)));
  }
  const rows: BenchRow[] = [];
  try {
    for (const benchmark of benchmarks) {
      const isMeant = names.length > 0 ? names.includes(benchmark.name) : isQuick || benchmark.isLong !== true;
      if (!isMeant) continue;
      const begin = performance.now();
      rows.push(...await benchmark.run(settings));
      console.error(`${benchmark.name}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    }
  } finally {
    await cleanUp();
  }
  return rows.map((row) => judgeRow(row, settings));
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(helpText());
    return 0;
  }
  const request = parseRequest(words);
  if (request === undefined) {
    console.error(helpText());
    return 2;
  }
  const results = await runAll(request);
  const { rounds, isQuick: quick, isJson, isStrict } = request;
  const machine = { deno: Deno.version.deno, os: Deno.build.os, cores: navigator.hardwareConcurrency };
  const peers = request.hasPeers ? PEER_VERSIONS : {};
  const versions = Object.entries(peers).map(([name, version]) => `${name} ${version}\n`).join("");
  if (isJson) console.log(JSON.stringify({ ...machine, peers, rounds, quick, results }, null, 2));
  else console.log(`Deno ${machine.deno}, ${machine.os}, ${machine.cores} cores, ${rounds} rounds\n${versions}`);
  if (!isJson) console.log(renderResults(results));
  return isStrict && results.some((result) => "ok" in result && result.ok === false) ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
