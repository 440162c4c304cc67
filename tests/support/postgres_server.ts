/** The only address on which the server can be reached. */
const LOOPBACK = "127.0.0.1";
/** Where Debian keeps the programs of the server, which it does not put on the PATH. */
const DEBIAN_FOLDER = "/usr/lib/postgresql";
const LOOK_EVERY_MS = 10;
const LONGEST_MS = 60_000;
/** How long a server may take to end after it was asked to. */
const GRACE_MS = 10_000;
/** Roles that must give a password; every other may connect without one. */
export const GUARDED = {
  role: "guarded",
  password: "open sesame",
  otherRole: "secretive",
  thirdRole: "mistyped",
} as const;

/** Starts a process; a caller that keeps a list of its processes passes its own. */
export type Spawn = (command: string, options: Deno.CommandOptions) => Deno.ChildProcess;

/**
 * A PostgreSQL server with its default settings, thus with `fsync` and `synchronous_commit`, with data of its own, and on a
 * free port of the loopback address. It runs as a user that may run it.
 */
export class PostgresServer implements AsyncDisposable {
  /** URL of a database that every server has. */
  readonly url: string;
  readonly #launch: Launch;
  readonly #spawn: Spawn;
  #child: Deno.ChildProcess | undefined;

  /** It is not started yet. */
  constructor(launch: Launch, spawn: Spawn) {
    this.#launch = launch;
    this.#spawn = spawn;
    this.url = `postgres://postgres@${LOOPBACK}:${launch.port}/postgres`;
  }

  /** Starts it again, after `stop` or `kill`, on the same port. */
  async start(): Promise<void> {
    const { programs, folder, port, options } = this.#launch;
    const end = Date.now() + LONGEST_MS;
    // After a kill, the orphans of the server before may still use its shared memory: then the server refuses to start.
    while (Date.now() < end) {
      // The process becomes the server, so that its id is the server's.
      const words = [`${programs}/postgres`, "-D", `${folder}/data`, "-h", LOOPBACK, "-p", String(port), "-k", ""];
      const child = this.#spawn("/bin/sh", {
        ...options,
        args: ["-c", 'exec "$0" "$@" >server.log 2>&1', ...words],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      });
      let hasEnded = false;
      child.status.then(() => hasEnded = true);
      while (!hasEnded && Date.now() < end) {
        if (isReady(`${folder}/data/postmaster.pid`, child.pid)) {
          this.#child = child;
          return;
        }
        await wait(LOOK_EVERY_MS);
      }
      signal(child, "SIGKILL");
      await child.status;
    }
    throw new Error(`Cannot start PostgreSQL: ${Deno.readTextFileSync(`${folder}/server.log`).trim()}`);
  }

  /** Ends it in an orderly way: without waiting for its clients, which lose their connections. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    signal(child, "SIGINT");
    const timer = setTimeout(() => signal(child, "SIGKILL"), GRACE_MS);
    await child.status;
    clearTimeout(timer);
  }

  /**
   * Ends it as a crash does: its clients lose their connections, and `start` recovers the data. With `children`, the processes
   * that it has started are killed with it, and not only find out.
   */
  async kill({ children = false } = {}): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const pids = children ? childrenOf(child.pid) : [];
    signal(child, "SIGKILL");
    for (const pid of pids) killIfAlive(pid);
    await child.status;
    // Its orphans notice soon. Until then they hold the port.
    while (await isListening(this.#launch.port)) await wait(LOOK_EVERY_MS);
  }

  /** Ends it. The data stays. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/**
 * Makes data for a server, and starts it.
 *
 * @param folder For the data: empty, and its parents can be entered by everyone.
 * @throws {Error} It is not installed, or it does not start.
 */
export async function startPostgres(folder: string, spawn: Spawn = spawnProcess): Promise<PostgresServer> {
  const server = new PostgresServer(await makeData(folder, spawn), spawn);
  await server.start();
  return server;
}

/** Says why there can be no server here, in a few words; nothing if there can. */
export function missingPostgres(): string | undefined {
  return findPrograms() === undefined ? "needs postgresql" : undefined;
}

/** How one server is started. */
interface Launch {
  readonly programs: string;
  readonly folder: string;
  readonly port: number;
  readonly options: Deno.CommandOptions;
}

async function makeData(folder: string, spawn: Spawn): Promise<Launch> {
  const programs = findPrograms();
  if (programs === undefined) {
    throw new Error(
      "Install PostgreSQL (`apt install postgresql`, `brew install postgresql`), or put `initdb` on the PATH",
    );
  }
  const user = chooseServerUser();
  if (user !== undefined) await Deno.chown(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder, env: { LC_ALL: "C" } };
  // What `initdb` writes need not survive a power failure; what the server writes does.
  const args = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const { success, stderr } = await spawn(`${programs}/initdb`, {
    ...options,
    args: [...args, `--pgdata=${folder}/data`],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot make a database: ${new TextDecoder().decode(stderr).trim()}`);
  const rules = `${folder}/data/pg_hba.conf`;
  const rest = await Deno.readTextFile(rules);
  await Deno.writeTextFile(
    rules,
    `host all ${GUARDED.role},${GUARDED.otherRole},${GUARDED.thirdRole} ${LOOPBACK}/32 scram-sha-256\n${rest}`,
  );
  return { programs, folder, port: findFreePort(), options };
}

/** The folder of `initdb` and `postgres`, of the newest version. */
function findPrograms(): string | undefined {
  // Without these permissions there is no server.
  const needed = [{ name: "env", variable: "PATH" }, { name: "read" }] as const;
  if (needed.some((permission) => Deno.permissions.querySync(permission).state !== "granted")) return undefined;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  if (exists(DEBIAN_FOLDER)) {
    const versions = [...Deno.readDirSync(DEBIAN_FOLDER)].map(({ name }) => Number(name)).filter(Number.isFinite);
    folders.push(...versions.toSorted((a, b) => b - a).map((version) => `${DEBIAN_FOLDER}/${version}/bin`));
  }
  return folders.find((folder) => exists(`${folder}/initdb`) && exists(`${folder}/postgres`));
}

/** PostgreSQL refuses to run as root: then it is `postgres`, or who has the fewest rights. */
export function chooseServerUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (Deno.uid() !== 0) return undefined;
  const lines = Deno.readTextFileSync("/etc/passwd").split("\n").map((line) => line.split(":"));
  const found = lines.find(([name]) => name === "postgres") ?? lines.find(([name]) => name === "nobody");
  if (found === undefined) throw new Error("PostgreSQL needs a user other than root, for example `nobody`");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** The server writes this file when it starts, and its status into the eighth line. */
function isReady(file: string, pid: number): boolean {
  try {
    const lines = Deno.readTextFileSync(file).split("\n");
    return lines[0] === String(pid) && lines[7]?.trim() === "ready";
  } catch {
    return false;
  }
}

async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: LOOPBACK, port })).close();
    return true;
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Finds a port of the loopback address that no other process uses. */
export function findFreePort(): number {
  using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  return listener.addr.port;
}

function spawnProcess(command: string, options: Deno.CommandOptions): Deno.ChildProcess {
  return new Deno.Command(command, options).spawn();
}

/** A process that is not there any more has none. */
function childrenOf(pid: number): readonly number[] {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function killIfAlive(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch {
    // It has just ended by itself.
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
