import { fromFileUrl } from "@std/path/from-file-url";
import { startPostgres } from "../../tests/support/postgres_server.ts";
import { CONFIG } from "../../tests/support/run_deno.ts";
import type { OwnProcesses } from "./own_processes.ts";
import { installPeers } from "./peer_packages.ts";
import { startRestate } from "./restate_server.ts";
import { describeFailure } from "./describe_failure.ts";
import { runWork, type Work } from "./run_work.ts";
import { findFreePort, LOOPBACK } from "./server.ts";
import { BARE, type MissingSystem, OPENWORKFLOW, OURS, type System, type Systems } from "./system.ts";

/** Not counted: sets a system up, and lets Deno compile its programs. */
const PREPARATION: readonly (readonly Work[])[] = [
  [{ kind: "prepare", transactions: 1, steps: 2 }],
  [{ kind: "die", transactions: 1, steps: 2 }, { kind: "resume", transactions: 1, steps: 2 }],
];

/** What the systems need. */
export interface SystemsOptions {
  /** The processes that the benchmarks started. */
  readonly processes: OwnProcesses;
  /** A folder for data. */
  readonly folder: string;
  /** Where the packages of other systems are kept; without it, these systems are not measured. */
  readonly peersFolder?: string;
  /** Whether the processes that are not counted are left out, where nothing has to be set up. */
  readonly isQuick: boolean;
}

/** A system of others, and how it is started. */
interface Peer extends Pick<System, "name" | "maxAttempts"> {
  readonly program: string;
  /** Starts what its program needs, given an empty folder and that of the npm packages; returns where that is. */
  readonly start: (
    options: SystemsOptions,
    data: string,
    packages: string,
  ) => Promise<System["places"]> | System["places"];
}

const PEERS: readonly Peer[] = [
  {
    name: OPENWORKFLOW,
    program: "openworkflow",
    maxAttempts: 1000,
    start: (_options, data) => ({ database: `${data}/backend.db` }),
  },
  {
    name: "restate",
    program: "restate",
    start: async ({ processes }, data, packages) => ({
      ...await startRestate(processes, packages, data),
      endpoint: `http://${LOOPBACK}:${findFreePort()}`,
    }),
  },
  {
    name: "DBOS on PostgreSQL",
    program: "dbos",
    start: async ({ processes }, data) => {
      const { url } = await startPostgres(data, (command, options) => processes.spawn(command, options));
      return { database: new URL("/bench", url).href };
    },
  },
];

/** Starts the systems: the servers, and what each of them sets up once. */
export async function startSystems(options: SystemsOptions): Promise<Systems> {
  const flags = projectFlags(options.folder);
  const own: readonly System[] = [
    { name: OURS, isPeer: false, module: moduleOf("own"), resumeModule: moduleOf("own_resume"), flags, places: {} },
    { name: BARE, isPeer: false, module: moduleOf("bare"), flags, places: {} },
  ];
  for (const system of options.isQuick ? [] : own) await prepare(options, system);
  if (options.peersFolder === undefined) return { ready: own, missing: [] };
  return await addPeers(own, options, options.peersFolder);
}

/** The flags with which Deno finds what this library needs as quickly as in a project that has a lock file. */
export function projectFlags(folder: string): readonly string[] {
  return ["--config", CONFIG, "--lock", `${folder}/deno.lock`];
}

async function addPeers(own: readonly System[], options: SystemsOptions, packages: string): Promise<Systems> {
  const ready = [...own];
  const missing: MissingSystem[] = [];
  // A server may run as another user, who must be able to reach its data.
  Deno.chmodSync(options.folder, 0o711);
  const installed = installPeers(options.processes, packages);
  for (const { name, program, maxAttempts, start } of PEERS) {
    const data = Deno.makeTempDirSync({ dir: options.folder });
    try {
      const flags = ["--config", await installed];
      const places = await start(options, data, `${packages}/node_modules`);
      const system = { name, isPeer: true, maxAttempts, module: moduleOf(program), flags, places };
      await prepare(options, system);
      ready.push(system);
    } catch (error) {
      if (options.processes.isOver) throw error;
      missing.push({ name, unavailable: describeFailure(error) });
    }
  }
  return { ready, missing };
}

async function prepare(options: SystemsOptions, system: System): Promise<void> {
  for (const works of PREPARATION) await runWork(options, system, works);
}

function moduleOf(name: string): string {
  return fromFileUrl(import.meta.resolve(`./${name}_program.ts`));
}
