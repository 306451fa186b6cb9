export async function saturate(_: unknown): Promise<{ failures: string[] }> { await Promise.resolve(); return { failures: [] }; }
