// What is left of "nx run" without any work of an executor.
exports.default = async () => ({ success: true });
