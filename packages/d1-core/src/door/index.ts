export {
  about,
  atDoor,
  commandLine,
  entrance,
  lineAt,
  lineFor,
  lineInFile,
  type Door,
  type Entrance,
  type Named,
  type Where,
} from './door.ts';
