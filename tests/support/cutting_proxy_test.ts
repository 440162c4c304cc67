import { assertEquals } from "@std/assert";
import { CuttingProxy } from "./cutting_proxy.ts";
import { permittedTest } from "./permitted_test.ts";

const LOOPBACK = "127.0.0.1";

/** Answers each piece with the same in capital letters, and keeps what has arrived. */
class Echo implements AsyncDisposable {
  readonly heard: string[] = [];
  /** How many connections have ended. */
  ended = 0;
  readonly #listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  readonly #work = this.#accept();

  get port(): number {
    return this.#listener.addr.port;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) void this.#answer(connection);
  }

  async #answer(connection: Deno.Conn): Promise<void> {
    try {
      for await (const bytes of connection.readable) {
        const text = new TextDecoder().decode(bytes);
        this.heard.push(text);
        await connection.write(new TextEncoder().encode(text.toUpperCase()));
      }
    } catch {
      // It was cut.
    }
    this.ended += 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#work;
  }
}

/** A client that waits for each answer; nothing if there is none. */
async function connect(port: number): Promise<{ ask: (text: string) => Promise<string | undefined> } & Disposable> {
  const connection = await Deno.connect({ hostname: LOOPBACK, port });
  let isOpen = true;
  const close = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  const ask = async (text: string) => {
    try {
      await connection.write(new TextEncoder().encode(text));
      const buffer = new Uint8Array(1000);
      const count = await connection.read(buffer);
      if (count !== null) return new TextDecoder().decode(buffer.subarray(0, count));
    } catch {
      // It was cut.
    }
    close();
    return undefined;
  };
  return { ask, [Symbol.dispose]: close };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

permittedTest("a proxy cuts before an answer, after what was sent, and in the middle", ["net"], async () => {
  await using echo = new Echo();
  await using proxy = new CuttingProxy(echo.port);
  {
    using client = await connect(proxy.port);
    assertEquals(await client.ask("hello"), "HELLO");
    proxy.cutBefore("ERLI");
    assertEquals(await client.ask("berlin"), undefined);
  }
  {
    using client = await connect(proxy.port);
    proxy.cutAfter("commit");
    assertEquals(await client.ask("a"), "A");
    assertEquals([await client.ask("b, commit"), proxy.hasCut], [undefined, true]);
  }
  await until(() => echo.heard.length === 4);
  {
    using client = await connect(proxy.port);
    proxy.cutAt(4);
    assertEquals(await client.ask("ab"), "AB");
    assertEquals(await client.ask("cdef"), undefined);
  }
  await until(() => echo.ended === 3 && proxy.connections === 0);
  assertEquals(echo.heard, ["hello", "berlin", "a", "b, commit", "ab", "cd"]);
  using spared = await connect(proxy.port);
  proxy.cutAfter("x");
  proxy.spare();
  assertEquals([await spared.ask("x"), proxy.cutAll(), await spared.ask("x")], ["X", 1, undefined]);
});

permittedTest("a proxy holds back what is sent, and leaves connections half open", ["net"], async () => {
  await using echo = new Echo();
  await using proxy = new CuttingProxy(echo.port);
  using client = await connect(proxy.port);
  assertEquals(await client.ask("a"), "A");
  proxy.fallSilent();
  const answer = client.ask("b");
  using other = await connect(proxy.port);
  const otherAnswer = other.ask("c");
  assertEquals(echo.heard, ["a"]);
  proxy.endSilence();
  assertEquals([await answer, await otherAnswer], ["B", "C"]);
  assertEquals(proxy.leaveHalfOpen("client"), 2);
  assertEquals([await client.ask("d"), await other.ask("e"), echo.ended], [undefined, undefined, 0]);
  assertEquals(proxy.cutAll(), 2);
  await until(() => echo.ended === 2);
  using third = await connect(proxy.port);
  proxy.delayMs = 1;
  assertEquals(await third.ask("f"), "F");
  assertEquals(proxy.leaveHalfOpen("server"), 1);
  await until(() => echo.ended === 3);
  // Nobody answers, and it does not end either.
  const silent = third.ask("g");
  proxy.cutAll();
  assertEquals([await silent, echo.heard.at(-1)], [undefined, "f"]);
});
