export {
  about,
  atDoor,
  commandLine,
  lineFor,
  neutralDoor,
  nxDoor,
  terminalDoor,
  type Door,
  type Named,
  type Where,
} from './door.ts';
