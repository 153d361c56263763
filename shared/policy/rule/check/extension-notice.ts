/** What every warning about an extension of the language says: the rule is valid here, and Entra would refuse it. */
export const doesNotPaste = 'does not paste into Entra';
