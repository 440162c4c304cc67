/** How long a process may take to end after it was asked to. */
const GRACE_MS = 10_000;

/** The processes that the benchmarks started and that still run, so that none of them outlives the benchmarks. */
export class OwnProcesses implements AsyncDisposable {
  readonly #running = new Set<Deno.ChildProcess>();
  /** Whether they were told to end, so that no other process is started. */
  isOver = false;

  /**
   * Starts a process.
   *
   * @throws {Error} All of them were ended.
   */
  spawn(command: string, options: Deno.CommandOptions): Deno.ChildProcess {
    if (this.isOver) throw new Error(`Cannot start ${command}: the benchmarks are over`);
    const child = new Deno.Command(command, options).spawn();
    this.#running.add(child);
    child.status.then(() => this.#running.delete(child));
    return child;
  }

  /** Asks a process to end, and kills it if it doesn't. */
  async stop(child: Deno.ChildProcess): Promise<void> {
    if (!this.#running.has(child)) return;
    // PostgreSQL doesn't wait for its clients after this signal, as it would after SIGTERM.
    kill(child, "SIGINT");
    const timer = setTimeout(() => kill(child, "SIGKILL"), GRACE_MS);
    await child.status;
    clearTimeout(timer);
  }

  /** Ends all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isOver = true;
    await Promise.all([...this.#running].map((child) => this.stop(child)));
  }
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has just ended by itself.
  }
}
