import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Loaded before a program, it notes the paths and the variables that the program looks at, for `traceReads`. */
const output = process.env['TRACE_OUTPUT'] ?? '';
const paths = new Set<string>();
const variables = new Set<string>();

const LOOKS = [
  ...['access', 'exists', 'lstat', 'open', 'opendir', 'readFile', 'readdir', 'stat'],
  ...['accessSync', 'existsSync', 'lstatSync', 'openSync', 'opendirSync', 'readFileSync', 'readdirSync'],
  ...['statSync', 'createReadStream'],
];

function watch(target: object): void {
  for (const name of LOOKS) {
    const look: unknown = Reflect.get(target, name);
    if (typeof look !== 'function') continue;
    Reflect.set(target, name, function (this: unknown, ...args: readonly unknown[]): unknown {
      const [path] = args;
      if (typeof path === 'string' || path instanceof URL) paths.add(String(path));
      return Reflect.apply(look, this, args);
    });
  }
}

watch(fs);
watch(fs.promises);
syncBuiltinESMExports();

// Who copies the environment, for a process that is started, asks for a descriptor before each value.
const copied = new Set<string | symbol>();
process.env = new Proxy(process.env, {
  get(target, name) {
    if (typeof name === 'string' && !copied.delete(name)) variables.add(name);
    return Reflect.get(target, name);
  },
  getOwnPropertyDescriptor(target, name) {
    copied.add(name);
    return Reflect.getOwnPropertyDescriptor(target, name);
  },
});

process.on('exit', () => {
  fs.writeFileSync(output, JSON.stringify({ paths: [...paths], variables: [...variables] }));
});
