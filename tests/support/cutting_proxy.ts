/** Passes connections on to a server of the loopback address, and cuts them when it is told to. */
export class CuttingProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  readonly #target: number;
  readonly #work: Promise<void>;
  #cutAfter: string | undefined;

  /** @param target The port of the server. */
  constructor(target: number) {
    this.#target = target;
    this.#work = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** The next answer that contains this text does not arrive: its connection is cut instead. */
  cutBefore(answer: string): void {
    this.#cutAfter = answer;
  }

  /** Whether the answer has come since. */
  get hasCut(): boolean {
    return this.#cutAfter === undefined;
  }

  async #accept(): Promise<void> {
    const work: Promise<void>[] = [];
    for await (const client of this.#listener) work.push(this.#pass(client));
    await Promise.all(work);
  }

  async #pass(client: Deno.Conn): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    this.#open.add(client).add(server);
    const close = () => {
      for (const connection of [client, server]) if (this.#open.delete(connection)) connection.close();
    };
    const decoder = new TextDecoder();
    const shows = (bytes: Uint8Array) => {
      if (this.#cutAfter === undefined || !decoder.decode(bytes).includes(this.#cutAfter)) return false;
      this.#cutAfter = undefined;
      return true;
    };
    await Promise.all([copy(client, server, () => false).finally(close), copy(server, client, shows).finally(close)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    this.#open.clear();
    await this.#work.catch(() => {});
  }
}

/** Copies until one of them is closed, or until what arrives must not go on. */
async function copy(from: Deno.Conn, to: Deno.Conn, isEnd: (bytes: Uint8Array) => boolean): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
      const bytes = buffer.subarray(0, count);
      if (isEnd(bytes)) return;
      for (let sent = 0; sent < count;) sent += await to.write(bytes.subarray(sent));
    }
  } catch {
    // One of them was closed.
  }
}
