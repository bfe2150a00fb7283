export function exportTexts(): string[];
