import type { EmscriptenModule, Engine } from 'syntaqlite';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * syntaqlite is built with a stack of 64 kB. An expression 70 levels deep overruns it, and what lies after it is
 * damaged without an error (measured with 0.13.0). With this much, Node's own stack ends first, and cleanly.
 */
const STACK_BYTES = 16 * 1024 * 1024;

/** The types of Node 22 do not have it. */
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(code: object, imports: Imports): Promise<object>;
};

type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
type MakeModule = (options: object) => Promise<EmscriptenModule>;

/** The instance that all use, so that it is loaded once. Tokens and trees come from the same grammar. */
export interface SyntaxEngine {
  readonly current: Engine;
  /** Puts a new one in its place, when a statement has broken it. */
  renew(): Promise<void>;
}

let shared: Promise<SyntaxEngine> | undefined;

/** Takes about 60 ms, once per process. */
export const syntaxEngine = (): Promise<SyntaxEngine> => (shared ??= makeShared());

async function makeShared(): Promise<SyntaxEngine> {
  let current = await loadSyntaxEngine();
  return {
    get current() {
      return current;
    },
    async renew() {
      current = await loadSyntaxEngine();
    },
  };
}

/** A new instance of syntaqlite, with the grammar that D1 is compiled with. */
async function loadSyntaxEngine(): Promise<Engine> {
  const { DialectManager, Engine } = await import('syntaqlite');
  const engine = new Engine({ runtime: await loadRuntime() });
  await engine.load();
  await new DialectManager().loadDefault(engine);
  if (engine.statusError) throw new Error(engine.status);
  engine.setCflag('SQLITE_ENABLE_UPDATE_DELETE_LIMIT');
  return engine;
}

/** Does what `Engine.load` does, and moves the stack: only Emscripten's `instantiateWasm` gets to see its pointer. */
async function loadRuntime(): Promise<EmscriptenModule> {
  const folder = new URL('../wasm/', pathToFileURL(createRequire(import.meta.url).resolve('syntaqlite')));
  const code = await WebAssembly.compile(await readFile(new URL('syntaqlite-runtime.wasm', folder)));
  const makeModule = await loadFactory(new URL('syntaqlite-runtime.js', folder).href);
  let stackPointer: unknown;
  const runtime = await makeModule({
    noInitialRun: true,
    locateFile: (path: string) => path,
    instantiateWasm(imports: Imports, receive: (instance: object, code: object) => void) {
      stackPointer = imports['env']?.['__stack_pointer'];
      void WebAssembly.instantiate(code, imports).then((instance) => receive(instance, code));
      return {};
    },
  });
  const stack = runtime._wasm_alloc?.(STACK_BYTES) ?? 0;
  if (stack === 0 || !isGlobal(stackPointer)) throw anotherVersion();
  // It grows downwards, and has to stay aligned to 16 bytes.
  stackPointer.value = Math.floor((stack + STACK_BYTES) / 16) * 16;
  return runtime;
}

async function loadFactory(url: string): Promise<MakeModule> {
  const loaded: unknown = await import(url);
  if (hasFactory(loaded)) return loaded.default;
  throw anotherVersion();
}

const anotherVersion = () => new Error('syntaqlite 0.13.0 is needed, and another version is installed.');

const isGlobal = (value: unknown): value is { value: number } =>
  typeof value === 'object' && value !== null && 'value' in value && typeof value.value === 'number';

const hasFactory = (loaded: unknown): loaded is { default: MakeModule } =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'default' in loaded &&
  typeof loaded.default === 'function';
