import type { OwnProcesses } from "./own_processes.ts";

/** The packages of the systems that this library is compared with, by the name under which their programs import them. */
export const PEER_VERSIONS = {
  "openworkflow": "0.10.1",
  "@dbos-inc/dbos-sdk": "5.3.0",
  "@restatedev/restate-sdk": "1.17.2",
  "@restatedev/restate-sdk-clients": "1.17.2",
  "@restatedev/restate-server": "1.7.12",
} as const;

/** Entry points of these packages that have a name of their own. */
const ENTRY_POINTS = ["openworkflow/sqlite", "@restatedev/restate-sdk/fetch"];

/** Where the packages are kept between runs. */
export function cacheFolder(): string {
  const base = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? Deno.cwd()}/.cache`;
  return `${base}/resumable_tx_bench`;
}

/**
 * Downloads the packages from npm, unless they are there already, together with a lock file, as a project that uses them
 * would have it.
 *
 * @returns Path of the configuration with which `deno run` finds them.
 * @throws {Error} They cannot be downloaded.
 */
export async function installPeers(processes: OwnProcesses, folder: string): Promise<string> {
  const names = [...Object.keys(PEER_VERSIONS), ...ENTRY_POINTS];
  const imports = Object.fromEntries(names.map((name) => [name, specifierOf(name)]));
  await Deno.mkdir(folder, { recursive: true });
  const config = `${folder}/deno.json`;
  await Deno.writeTextFile(config, JSON.stringify({ nodeModulesDir: "auto", imports }, null, 2));
  console.error(`The systems to compare with are in ${folder}`);
  const child = processes.spawn(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await child.output();
  if (!success) throw new Error(`Cannot download them: ${new TextDecoder().decode(stderr).trim()}`);
  return config;
}

/** "openworkflow/sqlite" becomes "npm:openworkflow@0.10.1/sqlite". */
function specifierOf(name: string): string {
  const found = Object.entries(PEER_VERSIONS).find(([key]) => name === key || name.startsWith(`${key}/`));
  if (found === undefined) throw new TypeError(`Unknown package: ${JSON.stringify(name)}`);
  const [key, version] = found;
  return `npm:${key}@${version}${name.slice(key.length)}`;
}
