/**
 * A number of a process says little: it is given again, and each container counts for itself. What tells a process from every
 * other is the boot of its machine, the namespaces that its number and its times belong to, and when it was started.
 *
 * Only Linux says all of that, and Deno lets only a process with every permission read it. Elsewhere nothing is known.
 */

/** Which numbers of processes, and which times, can be compared with those that this process sees. */
const WORLD = ["/proc/self/ns/pid", "/proc/self/ns/time"];
const BOOT = "/proc/sys/kernel/random/boot_id";
/** Of `/proc/PID/stat`, counted from the state on, which follows the name in parentheses. */
const [STATE, THREADS, START] = [0, 17, 19];

/** What tells this process from every other, as text; nothing if that is not known. */
export function identifyProcess(): string | undefined {
  if (Deno.build.os !== "linux") return undefined;
  // With permission for some files only, Deno would ask about these.
  if (Deno.permissions.querySync({ name: "read", path: "/proc" }).state !== "granted") return undefined;
  try {
    // Another `/proc` than that of this process's namespace would show strangers.
    const [pid] = Deno.readTextFileSync("/proc/self/stat").split(" ");
    const start = readStat(Deno.pid)[START];
    if (pid !== String(Deno.pid) || start === undefined) return undefined;
    return [Deno.readTextFileSync(BOOT).trim(), ...WORLD.map((path) => Deno.readLinkSync(path)), start].join(" ");
  } catch {
    return undefined;
  }
}

/**
 * Whether a process is known to be dead. `false` says nothing: it may be alive, or on another machine, or in a container whose
 * processes this one does not see.
 */
export function isProcessGone(pid: number, identity: string | undefined): boolean {
  const own = identifyProcess();
  if (own === undefined || identity === undefined || worldOf(own) !== worldOf(identity) || mayHide()) return false;
  try {
    const fields = readStat(pid);
    // Dead, and its parent has not asked how it ended.
    const isZombie = fields[STATE] === "Z" && Number(fields[THREADS]) <= 1;
    return isZombie || fields[START] !== identity.split(" ").at(-1);
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}

function worldOf(identity: string): string {
  return identity.slice(0, identity.lastIndexOf(" "));
}

function readStat(pid: number): readonly string[] {
  const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** Processes of other users are not shown, as if there were none. */
function mayHide(): boolean {
  try {
    return /^\S+ \/proc proc \S*hidepid=(?!0\b|off\b)/m.test(Deno.readTextFileSync("/proc/self/mounts"));
  } catch {
    return true;
  }
}
