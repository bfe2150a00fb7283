export function vocabularyOf(tokenizerJson: string): string;
