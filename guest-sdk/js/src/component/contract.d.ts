// What the imports of a component look like to the SDK: the functions that it calls, in the values that both engines
// give and take. A number of 64 bits is a bigint in one of them and a number in the other.

type Wide = number | bigint;
type None = null | undefined;

declare module "rak:agent/context@0.1.5" {
  export function get(): {
    invocationId: string;
    sessionId: string;
    userId: string;
    agent: string;
    agentVersion: string;
    attempt: number;
    parentId: string | None;
    traceparent: string | None;
    extra: string | None;
  };
  export function config(key: string): string | None;
  export function configKeys(): string[];
  export function isCancelled(): boolean;
  export function remainingMs(): Wide | None;
}

declare module "rak:agent/events@0.1.5" {
  export function emit(events: { tag: string; val: any }[]): Wide;
}

declare module "rak:agent/session@0.1.5" {
  type Entry = { seq: Wide; author: string; content: { role: string; parts: { tag: string; val: any }[] }; atMs: Wide };
  export function history(before: Wide | undefined, limit: number): { entries: Entry[]; next: Wide | None };
  export function get(key: string): string | None;
  export function set(key: string, value: string): void;
  export function remove(key: string): void;
  export function keys(prefix: string): string[];
}

declare module "rak:agent/people@0.1.5" {
  type Decision = { approved: boolean; by: string | None; reason: string | None; edited: string | None };
  type Content = { role: string; parts: { tag: string; val: any }[] };
  export function approve(action: string, details: string, expiresInMs: Wide | undefined): Decision;
  export function ask(question: string, schema: string, expiresInMs: Wide | undefined): string;
  export function nextMessage(timeoutMs: Wide | undefined): Content | None;
}

declare module "rak:agent/agents@0.1.5" {
  type Content = import("../contract/content.js").RawContent;
  type Options = import("../contract/agents.js").RawAgentOptions;
  type Reply = import("../contract/agents.js").RawReply;
  export class Child {
    invocationId(): string;
    finish(): Reply;
    cancel(): void;
    subscribe(): import("rak:agent/wait@0.1.5").Waitable;
    [Symbol.dispose](): void;
  }
  export function available(): Iterable<import("../contract/agents.js").RawSummary>;
  export function call(agent: string, input: Content, options: Options): Reply;
  export function start(agent: string, input: Content, options: Options): Child;
}

declare module "rak:agent/tools@0.1.5" {
  type Call = import("../contract/content.js").RawCall;
  type Options = import("../contract/tools.js").RawToolOptions;
  type Response = import("../contract/content.js").RawResponse;
  export class Running {
    finish(): Response;
    cancel(): void;
    subscribe(): import("rak:agent/wait@0.1.5").Waitable;
    [Symbol.dispose](): void;
  }
  export function available(): Iterable<import("../contract/tools.js").RawTool>;
  export function call(call: Call, options: Options): Response;
  export function callAll(calls: Call[], options: Options): Iterable<import("../contract/tools.js").RawResult>;
  export function start(call: Call, options: Options): Running;
}

declare module "rak:agent/models@0.1.5" {
  type Request = import("../contract/models.js").RawRequest;
  type Response = import("../contract/models.js").RawModelResponse;
  export class Completion {
    next(): Iterable<import("../contract/models.js").RawCase>;
    finish(): Response;
    cancel(): void;
    subscribe(): import("rak:agent/wait@0.1.5").Waitable;
    [Symbol.dispose](): void;
  }
  export function available(): Iterable<import("../contract/models.js").RawModel>;
  export function complete(request: Request): Response;
  export function open(request: Request): Completion;
  export function embed(model: string | undefined, texts: string[]): import("../contract/models.js").RawEmbeddings;
}

declare module "rak:agent/http@0.1.5" {
  type Request = import("../contract/http.js").RawHttpRequest;
  export class Exchange {
    head(): import("../contract/http.js").RawHead;
    read(max: number): Uint8Array;
    cancel(): void;
    subscribe(): import("rak:agent/wait@0.1.5").Waitable;
    [Symbol.dispose](): void;
  }
  export function fetch(request: Request): import("../contract/http.js").RawHttpResponse;
  export function open(request: Request): Exchange;
}

declare module "rak:agent/artifacts@0.1.5" {
  type Blob = import("../contract/artifacts.js").RawBlob;
  type Info = import("../contract/artifacts.js").RawArtifactInfo;
  export function save(name: string, content: Blob): number;
  export function load(name: string, version: number | undefined): Blob | None;
  export function read(name: string, version: number, offset: Wide, max: number): Uint8Array;
  export function available(prefix: string): Iterable<Info>;
  export function versions(name: string): Iterable<Info>;
  export function remove(name: string, version: number | undefined): boolean;
}

declare module "rak:agent/log@0.1.5" {
  export function write(level: string, message: string, fields: [string, string][]): void;
}

declare module "rak:agent/wait@0.1.5" {
  export class Waitable {
    ready(): boolean;
    block(): void;
    [Symbol.dispose](): void;
  }
  export function any(of: Waitable[], timeoutMs: Wide | undefined): Iterable<number>;
  export function sleep(ms: Wide): void;
  export function timer(ms: Wide): Waitable;
}

declare module "wasi:cli/stdout@0.2.6" {
  export function getStdout(): import("wasi:io/streams@0.2.6").OutputStream;
}

declare module "wasi:cli/stderr@0.2.6" {
  export function getStderr(): import("wasi:io/streams@0.2.6").OutputStream;
}

declare module "wasi:io/streams@0.2.6" {
  export class OutputStream {
    blockingWriteAndFlush(contents: Uint8Array): void;
    [Symbol.dispose](): void;
  }
}

declare module "wasi:random/random@0.2.6" {
  export function getRandomBytes(length: Wide): Uint8Array;
}
