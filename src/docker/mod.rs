//! The docker command line inside the workbook.
