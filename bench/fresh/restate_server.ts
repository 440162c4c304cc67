import type { OwnProcesses } from "./own_processes.ts";
import { findFreePort, LOOPBACK, startServer } from "./server.ts";

/** Where a restate server can be reached. */
export interface RestateAddresses {
  /** Here, calls come in. */
  readonly ingress: string;
  /** Here, services are registered. */
  readonly admin: string;
}

/**
 * Starts a restate server with its default settings, but for one: it calls again after 10 ms instead of half a second or
 * more if a service has died, because nobody would measure that wait.
 *
 * @param processes Ends it.
 * @param packages Folder of the npm packages.
 * @param folder For its data.
 * @throws {Error} It does not exist for this platform, or it does not start.
 */
export async function startRestate(
  processes: OwnProcesses,
  packages: string,
  folder: string,
): Promise<RestateAddresses> {
  const [ingress, admin, node] = [findFreePort(), findFreePort(), findFreePort()];
  const addresses = { ingress: `http://${LOOPBACK}:${ingress}`, admin: `http://${LOOPBACK}:${admin}` };
  await startServer(processes, {
    command: await findProgram(packages),
    options: {
      args: ["--no-logo", "--listen-mode", "tcp", "--bind-ip", LOOPBACK, "--bind-port", String(node)],
      cwd: folder,
      env: {
        RESTATE_BASE_DIR: folder,
        RESTATE_NODE_NAME: "bench",
        RESTATE_ADVERTISED_HOST: LOOPBACK,
        RESTATE_INGRESS__BIND_ADDRESS: `${LOOPBACK}:${ingress}`,
        RESTATE_ADMIN__BIND_ADDRESS: `${LOOPBACK}:${admin}`,
        RESTATE_DISABLE_TELEMETRY: "true",
        RESTATE_LOG_FILTER: "warn",
        RESTATE_DEFAULT_RETRY_POLICY__INITIAL_INTERVAL: "10ms",
        RESTATE_DEFAULT_RETRY_POLICY__MAX_INTERVAL: "10ms",
        RESTATE_DEFAULT_RETRY_POLICY__MAX_ATTEMPTS: "1000000",
      },
    },
    isReady: async () => {
      const answers = await Promise.all([`${addresses.ingress}/restate/health`, `${addresses.admin}/health`].map(ask));
      return answers.every(Boolean);
    },
  });
  return addresses;
}

async function ask(url: string): Promise<boolean> {
  const { ok, body } = await fetch(url);
  await body?.cancel();
  return ok;
}

/** npm names the package of the program after the platform and lays it beside the one that asks for it. */
async function findProgram(packages: string): Promise<string> {
  const { os, arch } = Deno.build;
  const platform = `${os}-${arch === "x86_64" ? "x64" : "arm64"}`;
  const folder = await Deno.realPath(`${packages}/@restatedev/restate-server`);
  return `${folder}-${platform}/bin/restate-server`;
}
