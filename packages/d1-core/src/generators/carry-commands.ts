import {
  formerOptions,
  packageOf,
  type FormerOption,
  type Note,
  type Renamed,
  type Renaming,
} from './former-names.ts';

/** A call of Nx or of the plugin's own command, to the end of the command. A line may go on after a backslash. */
const COMMAND = /(?<![\w./@-])(nx|d1-[a-z]+)(?=\s)(?:\\\r?\n|[^\n&|;])*/g;
const RUN = /^(nx\s+run\s+)(["'])?(\$\{\{.*?\}\}|[^\s"':]+):([\w.-]+)((?::[\w.-]+)?(?:\2(?=\s|$))?)/;
const SHORT = /^(nx\s+)([\w.-]+)(\s+)([\w@/.-]+)/;
const LIST =
  /^(nx\s+(?:run-many|affected)\b.*?\s(?:-t|--targets?)(?:=|\s+))([\w.-]+(?:(?:,|\s+)(?!-)[\w.-]+)*)/s;
const GENERATE = /^(nx\s+(?:g|generate)\s+)([\w-]+:[\w-]+)/;

/** A script or a workflow with the names of now, and what of it cannot be carried. */
export function carryCommands(
  text: string,
  renaming: Renaming,
): { readonly text: string; readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  const carried = text.replace(COMMAND, (command: string, program: string, at: number) => {
    const note = (message: string) => void notes.push({ at, message });
    const { isOurs, of, text: renamed } = carryCommand(command, program, renaming, note);
    return isOurs ? carryOptions(renamed, formerOptions(renaming.former, of), note) : renamed;
  });
  return { text: carried, notes };
}

interface Carried {
  readonly isOurs: boolean;
  /** The one executor or generator that is called, as it is called now. */
  readonly of?: string | undefined;
  readonly text: string;
}

function carryCommand(
  command: string,
  program: string,
  renaming: Renaming,
  note: (message: string) => void,
): Carried {
  const { targets, names, executors, former } = renaming;
  if (program !== 'nx') {
    const [, name = ''] = /^\S+\s+([\w-]+)/.exec(command) ?? [];
    return { isOurs: program === packageOf(former), of: `${program}:${name}`, text: command };
  }

  const [generate, call = '', generator = ''] = GENERATE.exec(command) ?? [];
  if (generate !== undefined) {
    const now = former.generators[generator] ?? generator;
    const isOurs = generator.startsWith(`${packageOf(former)}:`);
    return { isOurs, of: now, text: `${call}${now}${command.slice(generate.length)}` };
  }

  const [run, start = '', quote = '', project = '', target = '', end = ''] = RUN.exec(command) ?? [];
  if (run !== undefined) {
    const renamed = targets.get(target);
    if (project.startsWith('$')) {
      if (renamed !== undefined && renaming.isOnlyOurs(target)) note(advice(target, renamed));
      return { isOurs: false, text: command };
    }
    if (!names.has(target) || !renaming.isOurs(project, target)) return { isOurs: false, text: command };
    const rest = command.slice(run.length);
    noteChanged(target, command, renaming, note);
    const of = executors.get(target);
    if (renamed === undefined) return { isOurs: true, of, text: command };
    if (renamed.isPartOfDeploy) return noted(command, target, renamed, note);
    return {
      isOurs: true,
      of,
      text: `${start}${quote}${project}:${renamed.now}${end}${withFlag(rest, renamed)}`,
    };
  }

  const [list, before = '', listed = ''] = LIST.exec(command) ?? [];
  if (list !== undefined) return carryList(command, before, listed, renaming, note);

  const [short, nx = '', name = '', space = '', worker = ''] = SHORT.exec(command) ?? [];
  if (short === undefined || !names.has(name) || !renaming.isOurs(worker, name))
    return { isOurs: false, text: command };
  noteChanged(name, command, renaming, note);
  const renamed = targets.get(name);
  const of = executors.get(name);
  if (renamed === undefined) return { isOurs: true, of, text: command };
  if (renamed.isPartOfDeploy) return noted(command, name, renamed, note);
  const rest = withFlag(command.slice(short.length), renamed);
  return { isOurs: true, of, text: `${nx}${renamed.now}${space}${worker}${rest}` };
}

/** Nx passes an option to every target of a list, so only a target that stands alone can get one. */
function carryList(
  command: string,
  before: string,
  listed: string,
  { targets, names, executors, isOnlyOurs }: Renaming,
  note: (message: string) => void,
): Carried {
  const separator = listed.includes(',') ? ',' : ' ';
  const words = listed.split(/,|\s+/);
  const isOurs = words.every((word) => names.has(word) && isOnlyOurs(word));
  const now = words.map((word) => {
    const renamed = targets.get(word);
    if (renamed === undefined) return word;
    const needsOption = (renamed.flag !== undefined || renamed.without !== undefined) && words.length > 1;
    if (!renamed.isCommon && !renamed.isPartOfDeploy && !needsOption && isOnlyOurs(word)) return renamed.now;
    if (isOnlyOurs(word)) note(advice(word, renamed));
    return word;
  });
  const [only = ''] = words.length === 1 ? words : [];
  const of = executors.get(only);
  if (now.every((word, index) => word === words[index])) return { isOurs, of, text: command };
  const rest = command.slice(before.length + listed.length);
  const alone = targets.get(only);
  return {
    isOurs,
    of,
    text: `${before}${[...new Set(now)].join(separator)}${alone === undefined ? rest : withFlag(rest, alone)}`,
  };
}

/** A target that keeps its name and does something else now. */
function noteChanged(
  target: string,
  command: string,
  { targets, former }: Renaming,
  note: (message: string) => void,
): void {
  const { unless, message } = former.changed[targets.get(target)?.was ?? target] ?? {};
  if (message !== undefined && unless?.every((option) => !command.includes(`--${option}`)) === true)
    note(message);
}

function noted(text: string, target: string, renamed: Renamed, note: (message: string) => void): Carried {
  note(advice(target, renamed));
  return { isOurs: false, text };
}

/** What to write in place of a target that cannot be carried. */
export const advice = (target: string, { now, flag, isPartOfDeploy }: Renamed): string =>
  isPartOfDeploy
    ? `The target ${target} is gone: deploy does its work by itself. Remove the call, or write ${now} where it runs without deploy.`
    : `The target ${target} is now ${now}${flag === undefined ? '' : ` --${flag}`}. Write that where the target of a Worker is meant.`;

function withFlag(rest: string, { flag, without }: Renamed): string {
  const kept =
    without === undefined ? rest : rest.replace(new RegExp(`\\s+--${without}(?:=true)?(?![\\w=-])`), '');
  return flag === undefined ? kept : ` --${flag}${kept}`;
}

function carryOptions(
  command: string,
  options: readonly FormerOption[],
  note: (message: string) => void,
): string {
  return options.reduce((text, { name, value, now }) => {
    const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const ending = value === undefined ? '' : `[= ]${value}`;
    const written = new RegExp(`(?<=\\s)--(?:${name}|${kebab})${ending}(?![\\w-])`, 'g');
    if (now !== undefined) return text.replaceAll(written, `--${now}`);
    if (written.test(text)) note(`The option ${name} had no effect there, and is gone. Remove it.`);
    return text;
  }, command);
}
