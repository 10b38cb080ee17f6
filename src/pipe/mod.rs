//! What may stand behind a pipe in the workbook.
