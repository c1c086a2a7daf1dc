// Placeholder so that the package resolves; replaced with the first real file.
