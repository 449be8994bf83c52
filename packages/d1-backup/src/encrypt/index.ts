export { encryptArchive, readRecipients } from './encrypt-archive.ts';
