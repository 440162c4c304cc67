import { chooseServerUser, findFreePort, type PostgresServer } from "./postgres_server.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** Debian puts it where only root looks. */
const PLACES = ["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"];

/** A pool of sessions between clients and a server. */
export interface PgBouncer extends AsyncDisposable {
  readonly port: number;
}

/** Says why there can be none here, in a few words; nothing if there can. */
export function missingPgBouncer(): string | undefined {
  return findProgram() === undefined ? "needs pgbouncer" : undefined;
}

/** Starts one that gives each transaction any of three sessions: what is set in one is not there in the next. */
export async function startPgBouncer(server: PostgresServer): Promise<PgBouncer> {
  const folder = await makeTempFolder();
  const port = findFreePort();
  const { hostname, port: serverPort } = new URL(server.url);
  const settings = `[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = ${hostname}
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
server_reset_query = discard all
server_reset_query_always = 1
`;
  // With this form of authentication, the server must be told who connects.
  await Deno.writeTextFile(`${folder.path}/pgbouncer.ini`, settings.replace("* = ", "* = user=postgres "));
  const user = chooseServerUser();
  if (user !== undefined) await Deno.chown(folder.path, user.uid, user.gid);
  const child = new Deno.Command(findProgram() ?? "", {
    ...user,
    args: ["--quiet", `${folder.path}/pgbouncer.ini`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let isListening = false; !isListening;) {
    try {
      (await Deno.connect({ hostname, port })).close();
      isListening = true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
      await folder[Symbol.asyncDispose]();
    },
  };
}

function findProgram(): string | undefined {
  const folders = [...(Deno.env.get("PATH") ?? "").split(":"), ...PLACES];
  return folders.map((folder) => `${folder}/pgbouncer`).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}
