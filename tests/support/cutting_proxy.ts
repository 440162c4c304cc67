/** Whose end of a connection, as the proxy sees it. */
type Side = "client" | "server";

/**
 * Passes connections on to a server of the loopback address, and damages them when it is told to. What is said of the next
 * bytes is looked for in each piece that arrives; a server or a client sends a short message in one piece.
 */
export class CuttingProxy implements AsyncDisposable {
  /** Each piece arrives so much later. */
  delayMs = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #links = new Set<Link>();
  readonly #target: number;
  readonly #work: Promise<void>;
  #cutBefore: string | undefined;
  #cutAfter: string | undefined;
  #bytesLeft: number | undefined;
  #silence: PromiseWithResolvers<void> | undefined;
  #silenceAt: string | undefined;

  /** @param target The port of the server. */
  constructor(target: number) {
    this.#target = target;
    this.#work = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** How many connections are passed on now. */
  get connections(): number {
    return this.#links.size;
  }

  /** The next answer that contains this text does not arrive: its connection is cut instead. */
  cutBefore(answer: string): void {
    this.#cutBefore = answer;
  }

  /** The next bytes of a client that contain this text arrive, and then it is cut off: the server acts, and nobody hears of it. */
  cutAfter(sent: string): void {
    this.#cutAfter = sent;
  }

  /** So many more bytes of clients arrive; the connection of the next one is cut, in the middle of what was sent. */
  cutAt(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  /** Whether what was to be cut was cut since. */
  get hasCut(): boolean {
    return this.#cutBefore === undefined && this.#cutAfter === undefined && this.#bytesLeft === undefined;
  }

  /** Nothing is cut that was to be. */
  spare(): void {
    this.#cutBefore = undefined;
    this.#cutAfter = undefined;
    this.#bytesLeft = undefined;
  }

  /** Cuts all connections. Returns how many. */
  cutAll(): number {
    const count = this.#links.size;
    for (const link of this.#links) link.cut();
    return count;
  }

  /** Leaves all connections half open: one side is told that it is over, the other hears nothing more. Returns how many. */
  leaveHalfOpen(told: Side): number {
    const count = this.#links.size;
    for (const link of this.#links) link.leaveHalfOpen(told);
    return count;
  }

  /** Nothing arrives any more, as if a cable was unplugged, also of connections that are made now. */
  fallSilent(): void {
    this.#silence ??= Promise.withResolvers();
  }

  /** The same, from the next bytes of a client on that contain this text: they are held. */
  fallSilentAt(sent: string): void {
    this.#silenceAt = sent;
  }

  /** Whether what is sent is held. */
  get isSilent(): boolean {
    return this.#silence !== undefined;
  }

  /** What was sent meanwhile arrives now. */
  endSilence(): void {
    this.#silenceAt = undefined;
    this.#silence?.resolve();
    this.#silence = undefined;
  }

  async #accept(): Promise<void> {
    const work: Promise<void>[] = [];
    for await (const client of this.#listener) work.push(this.#pass(client));
    await Promise.all(work);
  }

  async #pass(client: Deno.Conn): Promise<void> {
    let server: Deno.Conn;
    try {
      server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    } catch {
      // There is no server: the client is told the same.
      return client.close();
    }
    const link = new Link(client, server);
    this.#links.add(link);
    await link.pass({
      sent: (bytes) => this.#passSent(bytes, link),
      answered: (bytes) => this.#passAnswer(bytes, link),
    });
    this.#links.delete(link);
  }

  async #passSent(bytes: Uint8Array, link: Link): Promise<void> {
    if (includes(bytes, this.#silenceAt)) {
      this.#silenceAt = undefined;
      this.fallSilent();
    }
    await this.#wait();
    const left = this.#bytesLeft;
    if (left !== undefined && bytes.length > left) {
      this.#bytesLeft = undefined;
      await link.write("server", bytes.subarray(0, left));
      return link.cut();
    }
    if (left !== undefined) this.#bytesLeft = left - bytes.length;
    const isLast = includes(bytes, this.#cutAfter);
    if (isLast) {
      this.#cutAfter = undefined;
      link.deafen();
    }
    await link.write("server", bytes);
    if (isLast) await link.finish();
  }

  async #passAnswer(bytes: Uint8Array, link: Link): Promise<void> {
    await this.#wait();
    if (includes(bytes, this.#cutBefore)) {
      this.#cutBefore = undefined;
      return link.cut();
    }
    await link.write("client", bytes);
  }

  async #wait(): Promise<void> {
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    await this.#silence?.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.endSilence();
    for (const link of this.#links) link.cut();
    await this.#work.catch(() => {});
  }
}

/** A connection of a client, and the one to the server that belongs to it. */
class Link {
  readonly #ends: Record<Side, Deno.Conn>;
  readonly #open = new Set<Side>(["client", "server"]);
  /** Sides to which nothing is passed on any more. */
  readonly #deaf = new Set<Side>();
  readonly #cut = Promise.withResolvers<void>();
  #isFinishing = false;

  constructor(client: Deno.Conn, server: Deno.Conn) {
    this.#ends = { client, server };
  }

  /** Until both ends are closed. */
  async pass(to: Record<"sent" | "answered", (bytes: Uint8Array) => Promise<void>>): Promise<void> {
    await Promise.all([this.#read("client", to.sent), this.#read("server", to.answered)]);
  }

  /** Where one side ends, the other one does, unless it is not to hear of it. */
  async #read(side: Side, pass: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const count = await this.#ends[side].read(buffer);
        if (count === null) break;
        await pass(buffer.slice(0, count));
      }
    } catch {
      // One of them was closed.
    }
    this.#close(side);
    // The server ends by itself.
    if (side === "client" && this.#isFinishing) return;
    const other = side === "client" ? "server" : "client";
    if (this.#deaf.has(other)) await this.#cut.promise;
    this.#close(other);
  }

  async write(side: Side, bytes: Uint8Array): Promise<void> {
    if (this.#deaf.has(side)) return;
    for (let sent = 0; sent < bytes.length;) sent += await this.#ends[side].write(bytes.subarray(sent));
  }

  cut(): void {
    this.#close("client");
    this.#close("server");
    this.#cut.resolve();
  }

  leaveHalfOpen(told: Side): void {
    this.#deaf.add("client").add("server");
    this.#close(told);
  }

  /** The client hears nothing more, also of what the server answers from now on. */
  deafen(): void {
    this.#deaf.add("client");
  }

  /** The server does what has arrived, and then finds the connection closed. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    this.#close("client");
    this.#cut.resolve();
    await this.#ends.server.closeWrite();
  }

  #close(side: Side): void {
    if (this.#open.delete(side)) this.#ends[side].close();
  }
}

function includes(bytes: Uint8Array, text: string | undefined): boolean {
  return text !== undefined && new TextDecoder().decode(bytes).includes(text);
}
