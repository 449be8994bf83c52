export { CALL_FORMS, type CallForm, type FormGroup } from './call-forms.ts';
