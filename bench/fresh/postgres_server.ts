import type { OwnProcesses } from "./own_processes.ts";
import { findFreePort, LOOPBACK, startServer } from "./server.ts";

const INSTALL = "Install PostgreSQL (`apt install postgresql`, `brew install postgresql`), or put `initdb` on the PATH";
/** Where Debian keeps the programs of the server, which it does not put on the PATH. */
const DEBIAN_FOLDER = "/usr/lib/postgresql";

/**
 * Starts a PostgreSQL server with its default settings, thus with `fsync` and `synchronous_commit`, and with data of its
 * own.
 *
 * @param processes Ends it.
 * @param folder For its data: empty, and its parents can be entered by everyone.
 * @returns URL of a database that does not exist yet.
 * @throws {Error} It is not installed, or it does not start.
 */
export async function startPostgres(processes: OwnProcesses, folder: string): Promise<string> {
  const programs = findPrograms();
  if (programs === undefined) throw new Error(INSTALL);
  const user = chooseUser();
  if (user !== undefined) await Deno.chown(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder, env: { LC_ALL: "C" } };
  const data = `${folder}/data`;
  const { success, stderr } = await processes.spawn(`${programs}/initdb`, {
    ...options,
    args: ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", `--pgdata=${data}`],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`Cannot make a database: ${new TextDecoder().decode(stderr).trim()}`);
  const port = findFreePort();
  const args = ["-D", data, "-h", LOOPBACK, "-p", String(port), "-k", ""];
  await startServer(processes, {
    command: `${programs}/postgres`,
    options: { ...options, args },
    isReady: (output) => output.includes("ready to accept connections"),
  });
  return `postgresql://postgres@${LOOPBACK}:${port}/bench`;
}

/** The folder of `initdb` and `postgres`, of the newest version. */
function findPrograms(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  if (exists(DEBIAN_FOLDER)) {
    const versions = [...Deno.readDirSync(DEBIAN_FOLDER)].map(({ name }) => Number(name)).filter(Number.isFinite);
    folders.push(...versions.toSorted((a, b) => b - a).map((version) => `${DEBIAN_FOLDER}/${version}/bin`));
  }
  return folders.find((folder) => exists(`${folder}/initdb`) && exists(`${folder}/postgres`));
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root: then it is `postgres`, or who has the fewest rights. */
function chooseUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (Deno.uid() !== 0) return undefined;
  const lines = Deno.readTextFileSync("/etc/passwd").split("\n").map((line) => line.split(":"));
  const found = lines.find(([name]) => name === "postgres") ?? lines.find(([name]) => name === "nobody");
  if (found === undefined) throw new Error("PostgreSQL needs a user other than root, for example `nobody`");
  return { uid: Number(found[2]), gid: Number(found[3]) };
}
