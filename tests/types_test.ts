// deno-lint-ignore-file require-await -- async callbacks are what must not compile
/**
 * What must compile, and what must not. Type errors that are expected are marked; `deno check` fails when one of them is
 * none. Nothing here is called.
 */
import {
  context,
  env,
  plan,
  type Planner,
  type ProbeAnswer,
  type Ref,
  type Step,
  steps,
  type StepValue,
  type SubPlan,
  Transaction,
} from "../mod.ts";

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
declare function planUser(name: string): SubPlan<Ref<User>>;
declare function planLater(name: string): Promise<SubPlan<{ user: Ref<User>; at: Date; sizes: [Ref<number>, string] }>>;
declare function planMaybe(n: number): number | SubPlan<Ref<string>> | Promise<SubPlan<void> | null>;
declare function planDeep(n: number): SubPlan<Step<[name: string], SubPlan<Ref<User>>>>;
declare function sum(a: number, b: number): number;
declare function removeUser(user: User, name: string): Promise<void>;
declare function removeAll(user: User): void;
declare function removeByName(name: string): void;
declare function hasUser(name: string): ProbeAnswer<User>;
declare function upload(name: string): Promise<string>;
declare function plansText(names: readonly string[]): SubPlan<string[]>;
declare function anything(): ReturnType<typeof JSON.parse>;

/** Fails to compile unless the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<T extends true>(_is?: T): void {}

Deno.test("the types of the planner hold what they promise", () => {
  void checkArguments;
  void checkValues;
  void checkOptions;
  void checkSubPlans;
  void checkAsyncCallbacks;
  void checkGroups;
  void checkSleepsAndWaits;
  void checkUndo;
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
  const queued = await Transaction.enqueue(import.meta, (p) => ({ user: p.do(createUser, "Ana", []) }));
  same<Same<Awaited<ReturnType<typeof queued.wait>>, { user: User }>>();
  same<Same<Awaited<ReturnType<typeof Transaction.wait>>, unknown>>();
  // @ts-expect-error: what is enqueued is always kept
  void Transaction.enqueue(import.meta, () => user, { keep: false });
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

async function checkAsyncCallbacks(t: Planner): Promise<void> {
  // @ts-expect-error: planning is not async
  plan(async (p) => void p.do(nothing));
  // @ts-expect-error: planning is not async
  plan((p) => Promise.resolve(p.do(nothing)));
  // @ts-expect-error: planning is not async
  t.parallel(async (p) => [await p.do(nothing)]);
  // @ts-expect-error: planning is not async
  t.sequence(async (s) => void s.do(nothing), { name: "one" });
  // @ts-expect-error: planning is not async
  await Transaction.run(import.meta, async (p) => void p.do(nothing));
  // @ts-expect-error: planning may not be async in one case either
  await Transaction.run(import.meta, (p) => Math.random() < 1 ? p.do(upload, "a") : Promise.resolve(1));
  // These are not async.
  plan(() => anything());
  plan((): never => {
    throw new TypeError("never plans");
  });
  plan((): unknown => t.do(nothing));
}

async function checkSubPlans(t: Planner): Promise<void> {
  const user = t.do(planUser, "Ana");
  same<Same<typeof user, Step<[name: string], SubPlan<Ref<User>>>>>;
  t.do(greet, user);
  t.do(show, user.get("address").get("city"));
  const later = t.do(planLater, "Ana");
  t.do(greet, later.get("user"));
  t.do(sum, later.get("sizes").get(0), later.get("user").get("id"));
  const value = await Transaction.run(import.meta, () => ({ user, later, deep: t.do(planDeep, 1) }));
  same<Same<typeof value.user, User>>;
  same<Same<typeof value.later.user, User>>;
  same<Same<typeof value.later.at, Date>>;
  same<Same<typeof value.later.sizes, [number, string]>>;
  same<Same<typeof value.deep, User>>;
  same<Same<StepValue<ReturnType<typeof planMaybe>>, number | string | void | null>>;
  same<Same<StepValue<Promise<User>>, User>>;
  same<Same<StepValue<unknown>, unknown>>;
  same<Same<StepValue<boolean>, boolean>>;
  t.do(show, t.do(anything));
  const made = plan((p) => [p.do(createUser, "Ana", []), 1] as const);
  same<Same<StepValue<typeof made>, [User, 1]>>;
  same<Same<StepValue<ReturnType<typeof plan<void>>>, void>>;
  const returned: SubPlan<Ref<User>> = plan((p) => p.do(createUser, "Ana", []));
  void returned;
  const texts: SubPlan<string[]> = plan((p) => ["a"].map((name) => p.do(upload, name)));
  same<Same<StepValue<ReturnType<typeof plansText>>, string[]>>;
  const described: SubPlan<{ readonly user: User; readonly sizes: readonly [number, string] }> = plan((p) => ({
    user: p.do(createUser, "Ana", []),
    sizes: [p.do(sum, 1, 2), "a"] as const,
  }));
  const inferred = plan((p) => ["a"].map((name) => p.do(upload, name)));
  same<Same<typeof inferred, SubPlan<string[]>>>;
  const mixed = (names: readonly string[]): SubPlan<string[]> | string[] =>
    names.length > 1 ? plan((p) => names.map((name) => p.do(upload, name))) : [...names];
  t.do(show, t.do(mixed, ["a"]).get(0));
  void [texts, described];
  // @ts-expect-error: the plan returns texts
  const numbers: SubPlan<number[]> = plan((p) => ["a"].map((name) => p.do(upload, name)));
  void numbers;
  // @ts-expect-error: the plan returns a user
  const wrong: SubPlan<Ref<string>> = plan((p) => p.do(createUser, "Ana", []));
  void wrong;
  // @ts-expect-error: a user is no text
  t.do(show, user);
  // @ts-expect-error: the value may be null
  t.do(show, t.do(planMaybe, 1));
  // @ts-expect-error: the value of the plan is no plan
  user.get("~plan");
  // @ts-expect-error: a plan is no argument
  t.do(greet, plan((p) => p.do(createUser, "Ana", [])));
  // @ts-expect-error: a plan is made by a function
  plan([]);
}

function checkGroups(t: Planner): void {
  const [user, { text }] = t.parallel((p) => {
    const made = p.do(createUser, "Ana", []);
    return [made, { text: p.sequence((s) => s.do(generic<string>, made.get("name"))) }] as const;
  }, { limit: 2, name: "both" });
  t.do(greet, user);
  t.do(show, text);
  same<Same<typeof user, Step<[name: string, groups: readonly string[]], Promise<User>>>>;
  const all = t.parallel((p) => ["a", "b"].map((name) => p.do(createUser, name, [])));
  t.do(store, all.map((made) => made.get("name")));
  const none = t.sequence((s) => {
    s.do(nothing);
  }, { name: "one" });
  same<Same<typeof none, void>>;
  // @ts-expect-error: a user is no text
  t.do(show, user);
  // @ts-expect-error: a sequence has no limit
  t.sequence(() => {}, { limit: 2 });
  // @ts-expect-error: a limit is a number
  t.parallel(() => {}, { limit: "2" });
  // @ts-expect-error: an unknown option
  t.parallel(() => {}, { retry: {} });
}

function checkSleepsAndWaits(t: Planner): void {
  same<Same<ReturnType<typeof t.sleep>, void>>;
  t.sleep(5, { name: "five" });
  t.sleep(new Date());
  const signal = t.waitFor("go");
  same<Same<typeof signal, Ref<unknown>>>;
  const approval = t.waitFor<{ readonly by: string }>("approval", { name: "first" });
  t.do(show, approval.get("by"));
  // @ts-expect-error: a text is no time
  t.sleep("5");
  // @ts-expect-error: a value that is not known yet is no time
  t.sleep(t.do(sum, 1, 2));
  // @ts-expect-error: a sleep has no such option
  t.sleep(5, { timeoutMs: 3 });
  // @ts-expect-error: nobody knows what the signal brings
  t.do(show, signal);
  // @ts-expect-error: an object is no text
  t.do(show, approval);
  // @ts-expect-error: a wait is no step, which could be told more
  approval.with({ name: "second" });
  // @ts-expect-error: a signal has a name
  t.waitFor();
}

function checkUndo(t: Planner): void {
  t.do(createUser, "Ana", []).with({ undo: removeAll });
  t.do(createUser, "Ana", []).with({ undo: removeUser, name: "user" });
  t.do(planUser, "Ana").with({ undo: removeUser, interrupted: hasUser });
  t.do(nothing).with({ undo: () => {} });
  t.do(createUser, "Ana", []).with({
    undo: (user, name, groups) => {
      same<Same<typeof user, User>>;
      same<Same<typeof name, string>>;
      same<Same<typeof groups, readonly string[]>>;
    },
  });
  // @ts-expect-error: the value comes first, the arguments come after it
  t.do(createUser, "Ana", []).with({ undo: removeByName });
  // @ts-expect-error: the argument is no text
  t.do(generic<User>, { id: 1, name: "Ana" }).with({ undo: removeUser });
  // @ts-expect-error: the step has no value
  t.do(show, "a").with({ undo: removeAll });
  // @ts-expect-error: steps cannot share what takes one of them back
  t.with({ undo: nothing });
  // @ts-expect-error: the sub-plan's value is a user, not the plan
  t.do(planUser, "Ana").with({ undo: (made: SubPlan<Ref<User>>) => made });
}
