import { fromFileUrl } from "@std/path/from-file-url";
import { startPostgres } from "../../tests/support/postgres_server.ts";
import { CONFIG } from "../../tests/support/run_deno.ts";
import type { OwnProcesses } from "./own_processes.ts";
import { installPeers } from "./peer_packages.ts";
import { startRestate } from "./restate_server.ts";
import { describeFailure } from "./describe_failure.ts";
import { runWork, type Work } from "./run_work.ts";
import { findFreePort, LOOPBACK } from "./server.ts";
import { BARE, DBOS, OPENWORKFLOW, OURS, OURS_IN, type System, type Systems } from "./system.ts";

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

/** What a system may need when it is started. */
interface Surroundings extends SystemsOptions {
  /** An empty folder. */
  readonly data: string;
  /** Where the npm packages of other systems are. */
  readonly packages: string;
  /** Starts a server of PostgreSQL, one for all; returns the URL of a database. */
  readonly usePostgres: (database: string) => Promise<string>;
}

/** A system that needs more than a folder, and how it is started. */
interface Served extends Pick<System, "name" | "isPeer" | "maxAttempts" | "hasLease" | "resumeModule"> {
  readonly program: string;
  /** Starts what its program needs; returns where that is. */
  readonly start: (surroundings: Surroundings) => Promise<System["places"]> | System["places"];
}

const ON_DATABASES: readonly Served[] = [
  {
    name: OURS_IN.sqlite,
    isPeer: false,
    program: "own",
    resumeModule: moduleOf("own_resume"),
    start: () => ({ locator: "sqlite:FOLDER/tx.db", entry: "@x/resumable-tx/sqlite" }),
  },
  {
    name: OURS_IN.postgres,
    isPeer: false,
    program: "own",
    hasLease: true,
    start: async ({ usePostgres }) => ({
      locator: await usePostgres("postgres"),
      entry: "@x/resumable-tx/postgres",
    }),
  },
];

const PEERS: readonly Served[] = [
  {
    name: OPENWORKFLOW,
    isPeer: true,
    program: "openworkflow",
    maxAttempts: 1000,
    start: ({ data }) => ({ database: `${data}/backend.db` }),
  },
  {
    name: "restate",
    isPeer: true,
    program: "restate",
    start: async ({ processes, packages, data }) => ({
      ...await startRestate(processes, packages, data),
      endpoint: `http://${LOOPBACK}:${findFreePort()}`,
    }),
  },
  {
    name: DBOS,
    isPeer: true,
    program: "dbos",
    start: async ({ usePostgres }) => ({ database: await usePostgres("bench") }),
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
  // A server may run as another user, who must be able to reach its data.
  Deno.chmodSync(options.folder, 0o711);
  let server: ReturnType<typeof startPostgres> | undefined;
  const spawn = (command: string, given: Deno.CommandOptions) => options.processes.spawn(command, given);
  const usePostgres = async (database: string) => {
    server ??= startPostgres(Deno.makeTempDirSync({ dir: options.folder }), spawn);
    return new URL(`/${database}`, (await server).url).href;
  };
  const { peersFolder } = options;
  const peers = peersFolder === undefined ? [] : PEERS;
  const installed = peersFolder === undefined ? undefined : installPeers(options.processes, peersFolder);
  const ready = [...own];
  const missing: Systems["missing"][number][] = [];
  for (const { start, program, ...served } of [...ON_DATABASES, ...peers]) {
    try {
      const used = served.isPeer && installed !== undefined ? ["--config", await installed] : flags;
      const data = Deno.makeTempDirSync({ dir: options.folder });
      const places = await start({ ...options, data, packages: `${peersFolder}/node_modules`, usePostgres });
      const system = { ...served, module: moduleOf(program), flags: used, places };
      if (served.isPeer || !options.isQuick) await prepare(options, system);
      ready.push(system);
    } catch (error) {
      if (options.processes.isOver) throw error;
      missing.push({ name: served.name, unavailable: describeFailure(error) });
    }
  }
  return { ready, missing };
}

/** The flags with which Deno finds what this library needs as quickly as in a project that has a lock file. */
export function projectFlags(folder: string): readonly string[] {
  return ["--config", CONFIG, "--lock", `${folder}/deno.lock`];
}

async function prepare(options: SystemsOptions, system: System): Promise<void> {
  const preparation = system.hasLease === true ? PREPARATION.slice(0, 1) : PREPARATION;
  for (const works of preparation) await runWork(options, system, works);
}

function moduleOf(name: string): string {
  return fromFileUrl(import.meta.resolve(`./${name}_program.ts`));
}
