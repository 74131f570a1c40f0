"""Tables of other tools: whatever holds them (CSV, a workbook, JSON), their columns are mapped, their rows are taken."""
