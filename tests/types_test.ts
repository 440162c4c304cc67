/**
 * What must compile, and what must not. Type errors that are expected are marked; `deno check` fails when one of them is
 * none. Nothing here is called.
 */
import { context, env, type Planner, type Ref, type Step, steps, Transaction } from "../mod.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

interface User {
  readonly id: number;
  readonly name: string;
  readonly address?: { readonly city: string };
}

declare function createUser(name: string, groups: readonly string[]): Promise<User>;
declare function greet(user: User): void;
declare function show(text: string): void;
declare function charge(card: string, amount: number, options?: { readonly currency: string }): Promise<{ id: string }>;
declare function pair(): [number, string];
declare function maybe(): User | null;
declare function store(value: Json): void;
declare function nothing(): void;
declare function overloaded(value: number): number;
declare function overloaded(value: string): string;
declare function generic<T>(value: T): T;
declare function callBack(fn: () => void): void;

/** Fails to compile unless the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<T extends true>(_is?: T): void {}

Deno.test("the types of do, with, get and env hold what they promise", () => {
  void checkArguments;
  void checkValues;
  void checkOptions;
});

function checkArguments(t: Planner): void {
  const user = t.do(createUser, "Ana", ["staff"]);
  same<Same<typeof user, Step<[name: string, groups: readonly string[]], Promise<User>>>>;
  t.do(greet, user);
  t.do(greet, { id: user.get("id"), name: "Ana" });
  t.do(createUser, user.get("name"), [user.get("name"), "staff"]);
  t.do(charge, env("CARD"), 10);
  t.do(charge, "card", 10, { currency: "EUR" });
  t.do(charge, "card", user.get("id"));
  t.do(store, { deep: [1, { list: [user.get("name")] }] });
  t.do(overloaded, "text");
  t.do(generic<number>, 1);
  t.do(show, t.do(maybe).get("name"));
  // @ts-expect-error: an argument is missing
  t.do(createUser, "Ana");
  // @ts-expect-error: a number is no text
  t.do(createUser, 1, []);
  // @ts-expect-error: a ref to a number is no text
  t.do(show, user.get("id"));
  // @ts-expect-error: a surplus argument
  t.do(show, "a", "b");
  // @ts-expect-error: a user is no text
  t.do(show, user);
  // @ts-expect-error: there is no such property
  user.get("age");
  // @ts-expect-error: the value itself is not there yet
  user.id;
  // @ts-expect-error: a structure with a ref of the wrong type in it
  t.do(greet, { id: user.get("name"), name: "Ana" });
  // @ts-expect-error: of an overloaded function the last signature counts
  t.do(overloaded, 1);
  // @ts-expect-error: a step has no value that a callback could use
  t.do(callBack, user);
  // @ts-expect-error: no function
  t.do("createUser", "Ana");
}

async function checkValues(t: Planner): Promise<void> {
  const user = t.do(createUser, "Ana", []);
  const city = user.get("address").get("city");
  same<Same<typeof city, Ref<string>>>;
  same<Same<ReturnType<typeof user.get<"id">>, Ref<number>>>;
  const one = await Transaction.run(import.meta, () => user);
  same<Same<typeof one, User>>;
  const tuple = await Transaction.run(import.meta, (p) => [p.do(pair), 1] as const);
  same<Same<typeof tuple, [[number, string], 1]>>;
  const object = await Transaction.run(import.meta, (p) => ({ user: p.do(createUser, "Ana", []), when: new Date() }));
  same<Same<typeof object, { user: User; when: Date }>>;
  const none = await Transaction.run(import.meta, (p) => {
    p.do(nothing);
  });
  same<Same<typeof none, void>>;
  // @ts-expect-error: the value is a user
  const wrong: string = await Transaction.run(import.meta, () => user);
  void wrong;
}

function checkOptions(t: Planner): void {
  t.do(show, "a").with({ name: "show", interrupted: "retry" }).with({ interrupted: "ask" });
  t.with({ interrupted: "retry" }).do(show, "a");
  const { upload } = steps<{ upload(path: string): Promise<string>; limit: number }>("https://example.com/s3@1/mod.ts");
  t.do(upload, "a.txt");
  const { signal, attempt, idempotencyKey } = context();
  same<Same<typeof signal, AbortSignal>>;
  same<Same<typeof attempt, number>>;
  same<Same<typeof idempotencyKey, string>>;
  // @ts-expect-error: an unknown option
  t.do(show, "a").with({ retries: 3 });
  // @ts-expect-error: an unknown word
  t.do(show, "a").with({ interrupted: "skip" });
  // @ts-expect-error: steps cannot share a name
  t.with({ name: "show" });
  // @ts-expect-error: a wrong argument of a remote step
  t.do(upload, 1);
  // @ts-expect-error: only functions are steps
  steps<{ limit: number }>("https://example.com/s3@1/mod.ts").limit;
  // @ts-expect-error: not a function of that module
  steps<{ upload(path: string): void }>("https://example.com/s3@1/mod.ts").download;
}
